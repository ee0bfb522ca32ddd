using System.Text;

namespace Reel.Segmind;

/// <summary>Makes foreign text fit to store, log and show.</summary>
internal static class ProviderText
{
    /// <summary>The most UTF-16 units.</summary>
    public const int Longest = 1_000;

    /// <summary>
    /// The text in one line without control characters and half surrogate pairs, at most <see cref="Longest"/> long, and without the key, should
    /// the provider have repeated it.
    /// </summary>
    public static string Clean(string text, string? apiKey = null)
    {
        var clean = new StringBuilder();
        foreach (var rune in (apiKey is null ? text : text.Replace(apiKey, "[key]", StringComparison.Ordinal)).EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > Longest)
                break;
            if (Rune.IsWhiteSpace(rune))
                clean.Append(' ');
            else if (!Rune.IsControl(rune))
                clean.Append(rune.ToString());
        }

        return clean.ToString().Trim();
    }
}

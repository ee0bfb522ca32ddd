using System.Globalization;
using System.Text;

namespace Reel.Webhooks;

/// <summary>
/// Foreign text made fit for a status: one line, no control characters, and so short that ten of them fit a custom status of 4 KiB.
/// </summary>
public static class PrintableText
{
    /// <summary>The most bytes of the result, counted as it stands in JSON.</summary>
    public const int MaxBytes = 200;

    /// <summary>The text's beginning; null when nothing printable is in it.</summary>
    public static string? From(ReadOnlySpan<byte> utf8) => From(Encoding.UTF8.GetString(utf8));

    /// <summary>The text's beginning; null when nothing printable is in it.</summary>
    public static string? From(string text)
    {
        var line = new StringBuilder();
        var bytes = 0;
        foreach (var c in text)
        {
            var printable = Printable(c);
            if (printable == ' ' && (line.Length == 0 || line[^1] == ' ')) continue;

            bytes += SizeInJson(printable);
            if (bytes > MaxBytes) break;
            line.Append(printable);
        }

        var result = line.ToString().TrimEnd();
        return result.Length == 0 ? null : result;
    }

    /// <summary>Bytes of the text as it stands in JSON, at the most.</summary>
    internal static int SizeInJson(string text) => text.Sum(SizeInJson);

    private static char Printable(char c) => char.GetUnicodeCategory(c) switch
    {
        _ when char.IsWhiteSpace(c) => ' ',
        UnicodeCategory.Control => ' ',
        UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => '?',
        _ => c,
    };

    private static int SizeInJson(char c) => c is '"' or '\\' ? 2 : char.IsAscii(c) ? 1 : 3;
}

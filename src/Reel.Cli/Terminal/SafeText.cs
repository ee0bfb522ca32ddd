using System.Globalization;
using System.Text;

namespace Reel.Cli.Terminal;

/// <summary>Makes foreign text fit for a terminal: nothing in it is an escape sequence, turns the direction of writing, or hides.</summary>
internal static class SafeText
{
    /// <summary>A text on one line.</summary>
    public static string Line(string? text) => Clean(text, keepLines: false);

    /// <summary>A text with its lines.</summary>
    public static string Lines(string? text) => Clean(text, keepLines: true);

    /// <summary>JSON in which what a terminal could obey is escaped; it means the same.</summary>
    public static string Json(string json)
    {
        if (!json.Any(IsUnsafe)) return json;
        var safe = new StringBuilder(json.Length + 64);
        foreach (var c in json)
        {
            // Outside of strings JSON has no such characters, and inside of them they may be escaped.
            if (IsUnsafe(c)) safe.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else safe.Append(c);
        }

        return safe.ToString();
    }

    private static string Clean(string? text, bool keepLines)
    {
        if (text is null) return "";
        if (!text.Any(c => IsUnsafe(c) || c == '\n')) return text;
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\n') safe.Append(keepLines ? '\n' : ' ');
            else if (c is '\r' or '\t') safe.Append(' ');
            else if (IsUnsafe(c)) safe.Append('\uFFFD');
            else safe.Append(c);
        }

        return safe.ToString();
    }

    // Format characters turn or hide text; the joiner of emoji is one that many prompts need.
    private static bool IsUnsafe(char c) => c != '\n' && c != '\u200D' && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

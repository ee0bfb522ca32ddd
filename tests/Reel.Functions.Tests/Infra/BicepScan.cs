using System.Text;

namespace Reel.Functions.Tests.Infra;

/// <summary>
/// Bicep text with comments and the contents of strings blanked out, position by position; what stands inside <c>${…}</c> is code and stays.
/// On the way it finds what does not close.
/// </summary>
internal sealed class BicepScan
{
    private const string Verbatim = "'''";
    private readonly string text;
    private readonly StringBuilder code;
    private readonly List<string> faults = [];
    private readonly List<string> strings = [];
    private int at;

    private BicepScan(string text)
    {
        this.text = text;
        code = new StringBuilder(text);
        ReadCode(insideString: false);
    }

    /// <summary>As long as the text, so that a position in one is a position in the other.</summary>
    public string Code => code.ToString();

    /// <summary>The strings as they are written, without their quotes.</summary>
    public IReadOnlyList<string> Strings => strings;

    public IReadOnlyList<string> Faults => faults;

    public static BicepScan Of(string text) => new(text);

    private void ReadCode(bool insideString)
    {
        var open = new Stack<(char Bracket, int At)>();
        while (at < text.Length)
        {
            var character = text[at];
            if (Starts("//")) Blank(Until("\n", at));
            else if (Starts("/*")) Blank(Until("*/", at + 2) + 2);
            else if (Starts(Verbatim)) ReadVerbatim();
            else if (character == '\'') ReadString();
            else if (character is '{' or '[' or '(') open.Push((character, at++));
            else if (character is '}' or ']' or ')')
            {
                // The brace that ends an interpolation belongs to the string around it.
                if (insideString && character == '}' && open.Count == 0) return;
                if (!open.TryPop(out var opening) || !Match(opening.Bracket, character)) Fault($"'{character}' closes nothing", at);
                at++;
            }
            else at++;
        }

        foreach (var (bracket, position) in open) Fault($"'{bracket}' is not closed", position);
    }

    private void ReadString()
    {
        var start = at++;
        while (at < text.Length && text[at] != '\n')
        {
            if (text[at] == '\'')
            {
                strings.Add(text[(start + 1)..at++]);
                return;
            }

            if (Starts("${"))
            {
                at += 2;
                ReadCode(insideString: true);
                if (at == text.Length) break;
                at++;
            }
            else Blank(Math.Min(text.Length, at + (text[at] == '\\' ? 2 : 1)));
        }

        Fault("a string is not closed", start);
    }

    private void ReadVerbatim()
    {
        var start = at;
        var end = Until(Verbatim, at + Verbatim.Length);
        if (end == text.Length) Fault("a string is not closed", start);
        else strings.Add(text[(start + Verbatim.Length)..end]);
        at += Verbatim.Length;
        Blank(end);
        at = Math.Min(text.Length, end + Verbatim.Length);
    }

    private void Blank(int end)
    {
        for (end = Math.Min(end, text.Length); at < end; at++)
            if (text[at] != '\n') code[at] = ' ';
    }

    private int Until(string mark, int from)
    {
        var found = from > text.Length ? -1 : text.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? text.Length : found;
    }

    private bool Starts(string mark) => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0;

    private void Fault(string what, int position) => faults.Add($"line {text.AsSpan(0, position).Count('\n') + 1}: {what}");

    private static bool Match(char opening, char closing) => (opening, closing) is ('{', '}') or ('[', ']') or ('(', ')');
}

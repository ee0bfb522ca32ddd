using System.Text.RegularExpressions;

namespace Reel.Functions.Tests.Infra;

/// <summary>The declarations of a Bicep file, as far as the checks need them.</summary>
internal sealed partial class BicepFile
{
    private readonly string text;

    private BicepFile(string path, string text)
    {
        Path = path;
        this.text = text;
        Scan = BicepScan.Of(text);
        Parameters = [.. ParameterLine().Matches(Code).Select(match => new BicepParameter(match.Groups["name"].Value, match.Groups["default"].Success))];
        Outputs = [.. OutputLine().Matches(Code).Select(match => match.Groups["name"].Value)];
        Resources = [.. ResourceLine().Matches(Code).Select(match => Quoted(match.Groups["quote"].Index))];
        Modules = [.. ModuleLine().Matches(Code).Select(match => new BicepModule(
            match.Groups["name"].Value,
            Quoted(match.Groups["quote"].Index),
            KeysOf(Section(match.Index + match.Length - 1, "params"))))];
    }

    public string Path { get; }

    public BicepScan Scan { get; }

    public string Code => Scan.Code;

    public IReadOnlyList<BicepParameter> Parameters { get; }

    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Types with their API versions, as they are written.</summary>
    public IReadOnlyList<string> Resources { get; }

    public IReadOnlyList<BicepModule> Modules { get; }

    public static BicepFile Parse(string path, string text) => new(path, text);

    /// <summary>How often a name is used as a symbol: not as a property of something, not as a key.</summary>
    public int UsesOf(string name) => Regex.Count(Code, $@"(?<![\w.]){Regex.Escape(name)}\b(?!\s*:)");

    /// <summary>The keys of an object that a variable is set to.</summary>
    public IReadOnlyList<string> KeysOfVariable(string name)
    {
        var declared = Regex.Match(Code, $@"^var {Regex.Escape(name)} =[^\n]*\{{$", RegexOptions.Multiline);
        return declared.Success ? KeysOf(declared.Index + declared.Length - 1) : [];
    }

    /// <summary>The keys directly inside the brace at this position.</summary>
    private List<string> KeysOf(int brace)
    {
        var keys = new List<string>();
        if (brace < 0) return keys;
        var depth = 0;
        foreach (var line in Lines(brace))
        {
            if (depth == 1 && KeyLine().Match(Code[line]) is { Success: true } key) keys.Add(key.Groups["name"].Value);
            foreach (var character in Code[line])
            {
                depth += character is '{' or '[' or '(' ? 1 : character is '}' or ']' or ')' ? -1 : 0;
                if (depth == 0) return keys;
            }
        }

        return keys;
    }

    /// <summary>The brace that opens a section directly inside the brace at this position; -1 when there is none.</summary>
    private int Section(int brace, string name)
    {
        var found = Regex.Match(Code[brace..], $@"^  {name}: \{{", RegexOptions.Multiline);
        var end = Code.IndexOf("\n}", brace, StringComparison.Ordinal);
        return found.Success && brace + found.Index < end ? brace + found.Index + found.Length - 1 : -1;
    }

    private IEnumerable<Range> Lines(int from)
    {
        while (from < Code.Length)
        {
            var end = Code.IndexOf('\n', from);
            if (end < 0) end = Code.Length;
            yield return from..end;
            from = end + 1;
        }
    }

    private string Quoted(int quote) => text[(quote + 1)..text.IndexOf('\'', quote + 1)];

    [GeneratedRegex(@"^param (?<name>\w+) \w+(\[\])?(?<default> =)?", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^output (?<name>\w+) \w+ =", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^resource \w+ (?<quote>') *'", RegexOptions.Multiline)]
    private static partial Regex ResourceLine();

    [GeneratedRegex(@"^module (?<name>\w+) (?<quote>') *' =( if \(.*\))? \{", RegexOptions.Multiline)]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"^\s*(?<name>\w+):")]
    private static partial Regex KeyLine();
}

internal sealed record BicepParameter(string Name, bool HasDefault);

/// <param name="Given">The names of the parameters that the call gives.</param>
internal sealed record BicepModule(string Name, string Path, IReadOnlyList<string> Given);

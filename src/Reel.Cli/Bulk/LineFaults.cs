using System.Globalization;
using System.Text.RegularExpressions;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>What is wrong with lines that the server does not take.</summary>
/// <param name="areLeftOut">Whether the others go without them; else none of their round goes any more.</param>
internal sealed partial class LineFaults(bool areLeftOut)
{
    // More than that nobody mends at once.
    private const int MostShown = 100;

    private readonly SortedDictionary<int, string> byLine = [];
    private readonly HashSet<int> refusedRounds = [];
    private readonly List<string> refusals = [];

    /// <summary>By line.</summary>
    public IReadOnlyDictionary<int, string> ByLine => byLine;

    /// <summary>What was refused, in words; null where nothing was, or where faulty lines are left out.</summary>
    public string? Refusal => refusals.Count == 0 ? null : string.Join('\n', refusals);

    /// <summary>Whether a round goes on.</summary>
    public bool GoesOn(int round) => !refusedRounds.Contains(round);

    /// <summary>Learns what is wrong with one that was refused.</summary>
    /// <exception cref="ReelException">It names no line.</exception>
    public void Add(Chunk chunk, ReelException refusal)
    {
        SortedDictionary<int, string> faults = [];
        foreach (var (place, fault) in refusal.Errors)
        {
            if (Place().Match(place) is not { Success: true } match) continue;
            var line = chunk.Lines[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)];
            var text = $"{match.Groups[2].Value} {fault}".Trim();
            faults[line] = faults.TryGetValue(line, out var more) ? $"{more}; {text}" : text;
        }

        if (faults.Count == 0) throw refusal;
        foreach (var (line, fault) in faults) byLine[line] = fault;
        if (!areLeftOut && refusedRounds.Add(chunk.Round)) refusals.Add(Describe(chunk, faults, refusal));
    }

    private static string Describe(Chunk chunk, SortedDictionary<int, string> faults, ReelException refusal)
    {
        var shown = string.Join('\n', faults.Take(MostShown).Select(fault => $"line {fault.Key}: {SafeText.Line(fault.Value)}"));
        var more = refusal.Errors.TryGetValue("more", out var text) ? $"\nand {SafeText.Line(text)}" : "";
        var (done, mend) = chunk.Round == 1
            ? ("sent", "Mend what is wrong and run it again, or leave it out with --skip-invalid.")
            : ("ordered again", "What is wrong can be left out with --skip-invalid.");
        var none = chunk.Lines is [var only] ? $"Line {only} was not {done}." : $"None of {LineRanges.Of(chunk.Lines)} was {done}.";
        return $"{shown}{more}\n{none} {mend}";
    }

    [GeneratedRegex(@"^requests\[(\d{1,4})\](?:\.(.*))?$")]
    private static partial Regex Place();
}

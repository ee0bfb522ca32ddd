using Reel.Cli.Generating;
using Reel.Cli.Terminal;

namespace Reel.Cli.Bulk;

/// <summary>What a run has come to, and how to go on with what FAILED.</summary>
internal static class BatchSummary
{
    /// <param name="folder">Where the videos are, as it was given.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Screen screen, string folder, IReadOnlyList<BatchResult> results)
    {
        var saved = results.Count(result => result.IsSaved);
        var file = Path.Combine(folder, "results.jsonl");
        if (!screen.IsJson) screen.Write(file);
        screen.Say($"{saved} of {results.Count} videos are in {folder}. Reported cost: {Prices.Show(results.Sum(result => result.TotalCost))}.");
        foreach (var kind in results.Where(result => !result.IsSaved).GroupBy(result => result.ErrorCode).OrderByDescending(kind => kind.Count()))
            screen.Say($"{kind.Count()} {SafeText.Line(kind.Key)}: {Lines(kind)}");

        var failed = results.Where(result => result.Status == BatchResult.Failed).ToList();
        SayUnknown(screen, file, [.. failed.Where(result => result.ErrorCode == BatchResult.OutcomeUnknown)]);
        SayHowToGoOn(screen, failed);
        return failed.Count > 0 ? ExitCode.Failed : saved < results.Count ? ExitCode.Error : ExitCode.Done;
    }

    private static void SayUnknown(Screen screen, string file, List<BatchResult> unknown)
    {
        if (unknown.Count == 0) return;
        screen.Say(
            $"It is not known whether the provider took {Lines(unknown)}: the one submit was cut off, and is not repeated, since that could be paid for twice. "
            + $"Look at the usage of the provider's account; what to look for: jq -r 'select(.error_code == \"{BatchResult.OutcomeUnknown}\") | \"\\(.line) \\(.request_id) \\(.error)\"' '{file}'");
    }

    private static void SayHowToGoOn(Screen screen, List<BatchResult> failed)
    {
        if (failed.Count == 0) return;
        var (free, charged) = (failed.Count(result => result.IsFree), failed.Count(result => !result.IsFree && result.HasRequest));
        if (free > 0) screen.Say($"{free} that FAILED {(free == 1 ? "was" : "were")} not charged. To order {(free == 1 ? "it" : "them")} again, run it once more with --retry-failed.");
        if (charged > 0)
        {
            screen.Say(
                $"{charged} that FAILED {(charged == 1 ? "was" : "were")} charged, or may have been. To order {(charged == 1 ? "it" : "them")} again all the same, "
                + "and maybe pay twice, run it once more with --retry-failed --retry-charged.");
        }

        screen.Say("What is ordered again is the line as it was sent. To change it, leave it and append the changed one to the input as a new line.");
    }

    private static string Lines(IEnumerable<BatchResult> results) => LineRanges.Of(results.Select(result => result.Line));
}

namespace Reel.Emulator.Traffic;

/// <summary>Seen requests, oldest first, and what they come to. The summary is over all that the filter lets through, shown or not.</summary>
internal sealed record TrafficReport(TrafficSummary Summary, IReadOnlyList<TrafficEntry> Requests)
{
    /// <param name="path">Kept: requests whose path contains this.</param>
    /// <param name="kind">Kept: requests of this kind.</param>
    /// <param name="limit">How many of the newest are shown.</param>
    public static TrafficReport Make(TrafficLog log, string? path, string? kind, int limit)
    {
        var entries = log.All()
            .Where(entry => path is null || entry.Path.Contains(path, StringComparison.OrdinalIgnoreCase))
            .Where(entry => kind is null || entry.Kind == kind)
            .ToList();
        var prompts = entries.Where(entry => entry.IsSubmit)
            .GroupBy(entry => entry.Subject())
            .ToDictionary(group => group.Key, group => new PromptCount(group.Count(), group.Count(entry => entry.Accepted)));
        return new TrafficReport(
            new TrafficSummary(
                entries.Count,
                entries.Count(entry => entry.Accepted),
                entries.GroupBy(entry => entry.Kind).ToDictionary(group => group.Key, group => group.Count()),
                prompts),
            [.. entries.Skip(entries.Count - Math.Clamp(limit, 0, entries.Count))]);
    }
}

/// <summary>Counts over seen requests. <paramref name="Accepted"/> is the number of jobs, that is of bills.</summary>
internal sealed record TrafficSummary(
    int Total, int Accepted, IReadOnlyDictionary<string, int> ByKind, IReadOnlyDictionary<string, PromptCount> SubmitsByPrompt);

/// <summary>How many submits came with a prompt, and how many of them made a job.</summary>
internal sealed record PromptCount(int Submits, int Accepted);

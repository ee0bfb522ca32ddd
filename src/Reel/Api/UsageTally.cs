using Reel.Generations;

namespace Reel.Api;

/// <summary>Adds up.</summary>
internal sealed class UsageTally(DateTimeOffset since, DateTimeOffset until)
{
    private readonly Dictionary<(DateOnly Day, string Model), UsageFigures> figures = [];

    /// <summary>Counts a request, if it was accepted in the time that is asked about.</summary>
    public void Add(RequestUsage usage)
    {
        if (usage.AcceptedAt < since || usage.AcceptedAt >= until) return;
        var key = (usage.Day, usage.Model);
        figures[key] = Sum(usage.Model, figures.TryGetValue(key, out var before) ? [before, Of(usage)] : [Of(usage)]);
    }

    /// <summary>The sums.</summary>
    public UsageAnswer Answer(DateTimeOffset rememberedSince) => new(
        since,
        until,
        rememberedSince,
        Sum(null, [.. figures.Values]),
        [.. figures.GroupBy(one => one.Key.Day).OrderByDescending(day => day.Key).Select(day =>
            new UsageDay(day.Key, [.. day.Select(one => one.Value).OrderBy(one => one.Model, StringComparer.Ordinal)]))]);

    private static UsageFigures Of(RequestUsage usage)
    {
        var cost = usage.Charged == Charged.No ? 0 : usage.Cost;
        return new UsageFigures(
            usage.Model,
            1,
            usage.Outcome == UsageOutcome.Completed ? 1 : 0,
            usage.Outcome == UsageOutcome.Failed ? 1 : 0,
            usage.Outcome == UsageOutcome.Canceled ? 1 : 0,
            usage.Outcome == UsageOutcome.Open ? 1 : 0,
            cost ?? 0,
            cost is null && usage.Charged is not null ? 1 : 0);
    }

    private static UsageFigures Sum(string? model, ReadOnlySpan<UsageFigures> parts)
    {
        var sum = new UsageFigures(model, 0, 0, 0, 0, 0, 0, 0);
        foreach (var part in parts)
        {
            sum = new UsageFigures(
                model,
                sum.Requests + part.Requests,
                sum.Completed + part.Completed,
                sum.Failed + part.Failed,
                sum.Canceled + part.Canceled,
                sum.Open + part.Open,
                sum.CostUsd + part.CostUsd,
                sum.ChargeUnknown + part.ChargeUnknown);
        }

        return sum;
    }
}

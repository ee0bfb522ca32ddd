using Reel.Generations;

namespace Reel.Api;

/// <summary>Adds up, by day and model.</summary>
internal sealed class UsageTally
{
    private readonly Dictionary<(DateOnly Day, string Model), UsageFigures> figures = [];

    /// <summary>Counts a request.</summary>
    public void Add(RequestUsage usage) => Add(usage.Day, Of(usage));

    /// <summary>Counts what was added up of a day before.</summary>
    public void Add(DateOnly day, UsageFigures more)
    {
        var key = (day, more.Model!);
        figures[key] = figures.TryGetValue(key, out var before) ? Sum(more.Model, [before, more]) : more;
    }

    /// <summary>The sums of a day, by model; empty when nothing was counted.</summary>
    public IReadOnlyList<UsageFigures> Of(DateOnly day) =>
        [.. figures.Where(one => one.Key.Day == day).Select(one => one.Value).OrderBy(one => one.Model, StringComparer.Ordinal)];

    /// <summary>The sums.</summary>
    public UsageAnswer Answer(DateTimeOffset since, DateTimeOffset until, DateTimeOffset rememberedSince) => new(
        since,
        until,
        rememberedSince,
        Sum(null, figures.Values),
        [.. figures.Keys.Select(key => key.Day).Distinct().OrderDescending().Select(day => new UsageDay(day, Of(day)))]);

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

    private static UsageFigures Sum(string? model, IEnumerable<UsageFigures> parts) => parts.Aggregate(
        new UsageFigures(model, 0, 0, 0, 0, 0, 0, 0),
        (sum, part) => new UsageFigures(
            model,
            sum.Requests + part.Requests,
            sum.Completed + part.Completed,
            sum.Failed + part.Failed,
            sum.Canceled + part.Canceled,
            sum.Open + part.Open,
            sum.CostUsd + part.CostUsd,
            sum.ChargeUnknown + part.ChargeUnknown));
}

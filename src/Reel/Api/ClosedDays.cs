using System.Collections.Concurrent;

namespace Reel.Api;

/// <summary>
/// The sums of days of which nothing can change any more: they are over, and none of their requests is open. Deleting a request changes no sum, since
/// what it cost stays (<see cref="Reel.Generations.UsageRecords"/>). Kept in memory, some hundred bytes a day and caller; another process adds up by itself.
/// </summary>
internal sealed class ClosedDays
{
    // The longest range that can be asked for, and the days that it touches.
    private const int MostDays = 94;

    // A start that was under way at midnight: a batch's may have to wait while its engine is down or has much to do. And clocks differ.
    private static readonly TimeSpan Late = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<DateOnly, IReadOnlyList<UsageFigures>>> callers = new(StringComparer.Ordinal);

    /// <summary>A day's sums by model; null when they are not known, or not settled.</summary>
    public IReadOnlyList<UsageFigures>? Find(string caller, DateOnly day) =>
        callers.TryGetValue(caller, out var days) ? days.GetValueOrDefault(day) : null;

    /// <summary>Keeps a day's sums, if they are settled.</summary>
    /// <param name="figures">Of the whole day.</param>
    public void Keep(string caller, DateOnly day, IReadOnlyList<UsageFigures> figures, DateTimeOffset now)
    {
        if (now < StartOf(day.AddDays(1)) + Late || figures.Any(one => one.Open > 0)) return;
        var days = callers.GetOrAdd(caller, _ => new ConcurrentDictionary<DateOnly, IReadOnlyList<UsageFigures>>());
        days[day] = figures;
        var oldest = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-MostDays);
        foreach (var old in days.Keys.Where(old => old < oldest)) days.TryRemove(old, out _);
    }

    /// <summary>A UTC day's first moment.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

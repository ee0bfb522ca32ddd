using Microsoft.Extensions.Options;
using Reel.Generations;

namespace Reel.Api;

/// <summary>Adds up what a caller's requests cost: from the requests themselves, and for days of which nothing can change from what was added up before.</summary>
internal sealed class UsageSums(UsageScan scan, UsageRecords deleted, ClosedDays closed, IOptions<RequestOptions> options, TimeProvider time)
{
    /// <summary>What was accepted from <paramref name="since"/> to before <paramref name="until"/>.</summary>
    /// <param name="since">Not before the Unix epoch.</param>
    /// <param name="until">Not in the future.</param>
    public async Task<UsageAnswer> ReadAsync(string caller, DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rememberedSince = now - options.Value.Retention;
        var tally = new UsageTally();
        var begin = since;
        foreach (var day in WholeDays(Later(since, rememberedSince), until))
        {
            if (closed.Find(caller, day) is not { } known) continue;
            foreach (var figures in known) tally.Add(day, figures);
            await AddAsync(begin, ClosedDays.StartOf(day));
            begin = ClosedDays.StartOf(day.AddDays(1));
        }

        await AddAsync(begin, until);
        return tally.Answer(since, until, rememberedSince);

        async Task AddAsync(DateTimeOffset from, DateTimeOffset to)
        {
            if (from >= to) return;
            await ScanAsync(caller, from, to, tally, cancellationToken);

            // Of an earlier day a part may be forgotten by now, and more by the next time.
            foreach (var day in WholeDays(Later(from, rememberedSince), to)) closed.Keep(caller, day, tally.Of(day), now);
        }
    }

    private async Task ScanAsync(string caller, DateTimeOffset since, DateTimeOffset until, UsageTally tally, CancellationToken cancellationToken)
    {
        // What is deleted meanwhile has its record before it goes: looked at in this order, none is missed. Both are there when a deletion was broken off.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var usage in scan.ListAsync(caller, since, until, cancellationToken: cancellationToken))
        {
            if (seen.Add(usage.RequestId)) tally.Add(usage);
        }

        var (first, last) = (DateOnly.FromDateTime(since.UtcDateTime), DateOnly.FromDateTime(until.UtcDateTime));
        await foreach (var usage in deleted.ListAsync(caller, first, last, cancellationToken))
        {
            if (usage.AcceptedAt >= since && usage.AcceptedAt < until && seen.Add(usage.RequestId)) tally.Add(usage);
        }
    }

    /// <summary>The UTC days that are within a range from their first moment to their last.</summary>
    private static IEnumerable<DateOnly> WholeDays(DateTimeOffset from, DateTimeOffset to)
    {
        var day = DateOnly.FromDateTime(from.UtcDateTime);
        if (ClosedDays.StartOf(day) < from) day = day.AddDays(1);
        for (; ClosedDays.StartOf(day.AddDays(1)) <= to; day = day.AddDays(1)) yield return day;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

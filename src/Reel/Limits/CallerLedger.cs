using Reel.Generations;
using Reel.Models;

namespace Reel.Limits;

/// <summary>
/// What is known of a caller's requests, as far as its limits go: which were accepted in the last minute, which are open, what those of today cost. It
/// learns by admitting and by observing; an open request counts as long as nothing else is observed, so what is outdated in here errs on the careful side.
/// Not safe for use by several at once; see <see cref="Gate"/>.
/// </summary>
public sealed class CallerLedger(CallerLimit limit)
{
    private const int MoreToReview = 256;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // A model without a published price is taken to cost what the dearest one does.
    private static readonly decimal Dearest = ModelCatalog.All.Max(model => model.Price?.High ?? 0);

    private static readonly Dictionary<string, TimeSpan> TypicalTimes = ModelCatalog.All.ToDictionary(model => model.Slug, model => model.TypicalTime);

    private readonly Dictionary<string, OpenRequest> open = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> lastMinute = new();
    private readonly Dictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> starters = new(StringComparer.Ordinal);
    private (DateTimeOffset Begun, DateTimeOffset NotBefore)? review;
    private DateOnly today;
    private decimal spent;

    /// <summary>Held by who uses it.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The limits.</summary>
    public CallerLimit Limit { get; } = limit;

    /// <summary>The requests that are open as far as is known.</summary>
    public IReadOnlyDictionary<string, OpenRequest> Open => open;

    /// <summary>With so many open, they are to be looked at again, so that what has ended does not pile up.</summary>
    public int ReviewFrom { get; private set; } = MoreToReview;

    /// <summary>The look that is under way; it belongs to no call, and whoever holds the gate when it has ended takes in what it found.</summary>
    public PendingLook? Look { get; set; }

    /// <summary>What was started before this time is counted, as far as it counts; what was started later is to be looked for. Null: nothing has been looked at yet.</summary>
    public DateTimeOffset? Horizon { get; private set; }

    /// <summary>Not before this is there another look.</summary>
    public DateTimeOffset NextLook { get; private set; }

    /// <summary>The instances of batches whose requests were counted a short time ago, begun or not.</summary>
    public IReadOnlySet<string> Starters => starters.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether what is open was looked at so short a time ago that it is not to be looked at again.</summary>
    public bool IsReviewed(DateTimeOffset now) => review is var (begun, notBefore) && now >= begun && now < notBefore;

    /// <summary>Notes that what is open was looked at, for nine times as long not to be looked at again.</summary>
    public void EndReview(DateTimeOffset begun, DateTimeOffset ended)
    {
        review = (begun, ended + 9 * (ended - begun));
        ReviewFrom = 2 * open.Count + MoreToReview;
    }

    /// <summary>Turns the clock: what is older than a minute, or of yesterday, does not count any more.</summary>
    public void Advance(DateTimeOffset now)
    {
        while (lastMinute.TryPeek(out _, out var oldest) && oldest <= now - Window) lastMinute.Dequeue();
        if (DayOf(now) == today) return;
        today = DayOf(now);
        spent = 0;
    }

    /// <summary>Takes in what a look has found.</summary>
    public void Take(LedgerFindings found, DateTimeOffset now)
    {
        foreach (var request in found.Requests) Observe(request, now);
        foreach (var batch in found.Batches)
        {
            starters[batch.InstanceId] = now;
            foreach (var request in batch.Requests) Expect(new Admission(request.RequestId, request.Model ?? "", batch.InstanceId), batch.AcceptedAt, now);
        }

        Horizon = found.Begun - LedgerFindings.Overlap;
        NextLook = found.NextLook;

        // What the next look can find again is remembered, for as long again as clocks may differ.
        Forget(seen, Horizon.Value - LedgerFindings.Overlap);
        Forget(starters, Horizon.Value - LedgerFindings.Overlap);
    }

    /// <summary>What stands in the way of these requests; null when nothing does. Those that were let in before are left out.</summary>
    public LimitRefusal? Check(IReadOnlyList<Admission> asked, DateTimeOffset now)
    {
        var items = asked.Where(item => !open.ContainsKey(item.RequestId)).ToList();
        if (items.Count == 0) return null;

        if (lastMinute.Count + items.Count > Limit.RequestsPerMinute)
            return Refuse(LimitKind.RequestsPerMinute, Limit.RequestsPerMinute.Value, lastMinute.Count, FreeInLastMinute);
        if (open.Count + items.Count > Limit.InFlight) return Refuse(LimitKind.InFlight, Limit.InFlight.Value, open.Count, FreeInFlight);
        if (Limit.UsdPerDay is not { } dollars) return null;

        var (used, more) = (spent + open.Values.Where(request => DayOf(request) == today).Sum(request => MostOf(request.Model)), items.Sum(item => MostOf(item.Model)));
        return used + more <= dollars
            ? null
            : new LimitRefusal(LimitKind.UsdPerDay, dollars, used, more, more > dollars ? null : new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero));

        LimitRefusal Refuse(LimitKind kind, int value, int count, Func<int, DateTimeOffset, DateTimeOffset> freeAt) =>
            new(kind, value, count, items.Count, items.Count > value ? null : freeAt(count + items.Count - value, now));
    }

    /// <summary>Counts requests that are let in.</summary>
    public void Add(IReadOnlyList<Admission> items, DateTimeOffset now)
    {
        foreach (var item in items)
        {
            if (!open.TryAdd(item.RequestId, new OpenRequest(item.Model, now, item.StartedBy))) continue;
            seen[item.RequestId] = now;
            if (item.StartedBy is not null) starters[item.StartedBy] = now;
            if (Limit.RequestsPerMinute is not null) lastMinute.Enqueue(item.RequestId, now);
        }
    }

    /// <summary>Takes in how a request stands.</summary>
    public void Observe(RequestUsage usage, DateTimeOffset now)
    {
        if (open.TryGetValue(usage.RequestId, out var known))
        {
            if (usage.Outcome == UsageOutcome.Open) open[usage.RequestId] = known with { AcceptedAt = usage.AcceptedAt, StartedBy = null };
            else Settle(usage, now);
            return;
        }

        if (!seen.TryAdd(usage.RequestId, now)) return;
        if (Limit.RequestsPerMinute is not null && usage.AcceptedAt > now - Window) lastMinute.Enqueue(usage.RequestId, usage.AcceptedAt);
        if (usage.Outcome == UsageOutcome.Open) open[usage.RequestId] = new OpenRequest(usage.Model, usage.AcceptedAt);
        else Settle(usage, now);
    }

    /// <summary>Counts a request no longer: it was never started, or is gone without a trace. Should it be seen all the same, it counts again.</summary>
    public void Drop(string requestId)
    {
        open.Remove(requestId);
        seen.Remove(requestId);
    }

    /// <summary>Counts a request that another process has let in and that is to be begun yet.</summary>
    private void Expect(Admission item, DateTimeOffset acceptedAt, DateTimeOffset now)
    {
        if (open.ContainsKey(item.RequestId) || !seen.TryAdd(item.RequestId, now)) return;
        if (Limit.RequestsPerMinute is not null && acceptedAt > now - Window) lastMinute.Enqueue(item.RequestId, acceptedAt);
        open[item.RequestId] = new OpenRequest(item.Model, acceptedAt, item.StartedBy);
    }

    private static void Forget(Dictionary<string, DateTimeOffset> noted, DateTimeOffset before)
    {
        foreach (var (id, _) in noted.Where(item => item.Value < before).ToList()) noted.Remove(id);
    }

    private void Settle(RequestUsage usage, DateTimeOffset now)
    {
        open.Remove(usage.RequestId);
        seen[usage.RequestId] = now;
        if (usage.Day == today && usage.Charged != Charged.No) spent += usage.Cost ?? MostOf(usage.Model);
    }

    // What is to be started yet will be paid for today, if at all soon.
    private DateOnly DayOf(OpenRequest request) => request.StartedBy is null ? DayOf(request.AcceptedAt) : today;

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static decimal MostOf(string model) => ModelCatalog.Find(model)?.Price?.High ?? Dearest;

    private DateTimeOffset FreeInLastMinute(int needed, DateTimeOffset now) =>
        lastMinute.UnorderedItems.Select(item => item.Priority).Order().ElementAt(needed - 1) + Window;

    /// <summary>A guess: when so many will have taken their typical times. Those that are late are asked about again soon.</summary>
    private DateTimeOffset FreeInFlight(int needed, DateTimeOffset now)
    {
        var typical = open.Values.Select(request => request.AcceptedAt + TypicalTimes.GetValueOrDefault(request.Model, Window)).Order().ElementAt(needed - 1);
        return typical > now ? typical : now + TimeSpan.FromSeconds(5);
    }
}

/// <summary>A request that is open as far as is known.</summary>
/// <param name="StartedBy">See <see cref="Admission.StartedBy"/>; null once it is there.</param>
public sealed record OpenRequest(string Model, DateTimeOffset AcceptedAt, string? StartedBy = null);

/// <summary>A look that is under way, or has just ended.</summary>
public sealed record PendingLook(Task<LedgerFindings> Task, DateTimeOffset Begun);

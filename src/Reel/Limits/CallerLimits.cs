using System.Collections.Concurrent;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Limits;

/// <summary>
/// Lets a caller's requests in, or says which of its limits stands in the way. Within a process a limit holds exactly: one admission at a time for each
/// caller, and what was let in counts from then on, started or not. What other processes let in is seen within about a second of its start; so with n of
/// them a limit may be passed by what the others let in in that second. A caller without limits costs nothing.
/// </summary>
/// <remarks>
/// The first admission of a process reads what the engine remembers of today and what is under way. After that a ledger is kept, and only the newest
/// requests are read, at most once a second. Those that were open are looked at again before anything is refused, so that what has ended makes room at
/// once; the time for that is limited to a tenth, for somebody who asks in a loop.
/// </remarks>
public sealed class CallerLimits(
    CallerLedgers ledgers, UsageScan usage, GenerationStore generations, UsageRecords deleted, IOrchestrationClient client, TimeProvider time)
{
    private const int ReadsAtOnce = 4;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // How much later than its id's time a request of another process may be seen: it is started after that, by a clock that differs.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    // A start that is under way for so long was given up.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Counts the requests, all or none. What stands in the way is the result; null when they are let in. To be called before they are started and after
    /// it is known that they are no replays.
    /// </summary>
    public Task<LimitRefusal?> AdmitAsync(string callerId, IReadOnlyList<Admission> items, CancellationToken cancellationToken) =>
        DecideAsync(callerId, items, isCounted: true, cancellationToken);

    /// <summary>Whether <see cref="AdmitAsync"/> would refuse them now; counts nothing.</summary>
    public Task<LimitRefusal?> CheckAsync(string callerId, IReadOnlyList<Admission> items, CancellationToken cancellationToken) =>
        DecideAsync(callerId, items, isCounted: false, cancellationToken);

    /// <summary>Counts a request no longer that was let in and is not going to be started.</summary>
    public async Task ReleaseAsync(string callerId, string requestId)
    {
        if (ledgers.Find(callerId) is not { } ledger) return;
        await ledger.Gate.WaitAsync();
        ledger.Drop(requestId);
        ledger.Gate.Release();
    }

    private async Task<LimitRefusal?> DecideAsync(string callerId, IReadOnlyList<Admission> items, bool isCounted, CancellationToken cancellationToken)
    {
        if (ledgers.Find(callerId) is not { } ledger) return null;

        await ledger.Gate.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            ledger.Advance(now);
            await LookForNewAsync(callerId, ledger, now, cancellationToken);

            var refusal = ledger.Check(items, now);
            if (refusal is { Kind: not LimitKind.RequestsPerMinute, FreeAt: not null } || ledger.Open.Count >= ledger.ReviewFrom)
            {
                await ReviewAsync(callerId, ledger, now, cancellationToken);
                refusal = ledger.Check(items, now);
            }

            if (refusal is null && isCounted) ledger.Add(items, now);
            return refusal;
        }
        finally
        {
            ledger.Gate.Release();
        }
    }

    /// <summary>Observes what other processes have started since, and the first time all that counts.</summary>
    private async Task LookForNewAsync(string callerId, CallerLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ledger.Horizon is { } horizon)
        {
            if (now - horizon < Overlap + LookEvery) return;
            await foreach (var request in usage.ListAsync(callerId, cancellationToken: cancellationToken))
            {
                if (RequestId.AcceptedAt(request.RequestId) < horizon) break;
                ledger.Observe(request, now);
            }
        }
        else
        {
            var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
            var since = ledger.Limit.UsdPerDay is not null && today < now - LongestStart ? today : now - LongestStart;
            List<RequestUsage> found = [];
            await foreach (var request in usage.ListAsync(callerId, since, cancellationToken: cancellationToken)) found.Add(request);
            await foreach (var request in usage.ListAsync(callerId, isOpen: true, cancellationToken: cancellationToken)) found.Add(request);
            await foreach (var request in deleted.ListAsync(callerId, DateOnly.FromDateTime(since.UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime), cancellationToken))
                found.Add(request);

            // All of it or nothing: after a failure the next one begins anew.
            ledger.MoveHorizon(now - Overlap);
            foreach (var request in found.DistinctBy(request => request.RequestId)) ledger.Observe(request, now);
            return;
        }

        ledger.MoveHorizon(now - Overlap);
    }

    /// <summary>Looks again at what was open.</summary>
    private async Task ReviewAsync(string callerId, CallerLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ledger.IsReviewed(now)) return;

        var requests = ledger.Open.ToList();
        var found = new ConcurrentDictionary<string, RequestUsage>();
        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (request, token) =>
            {
                if (await generations.FindStartedAsync(callerId, request.Key, token) is { } generation) found[request.Key] = RequestUsage.Of(generation);
            });
        foreach (var request in found.Values) ledger.Observe(request, now);
        await SearchAsync(callerId, ledger, requests.Where(request => !found.ContainsKey(request.Key)).ToDictionary(), now, cancellationToken);

        ledger.EndReview(now, time.GetUtcNow());
    }

    /// <summary>Those that are not there: deleted, to be started yet, or gone.</summary>
    private async Task SearchAsync(
        string callerId, CallerLedger ledger, Dictionary<string, OpenRequest> missing, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (missing.Count == 0) return;

        var first = missing.Values.Min(request => request.AcceptedAt);
        await foreach (var request in deleted.ListAsync(callerId, DateOnly.FromDateTime(first.UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime), cancellationToken))
        {
            if (missing.Remove(request.RequestId)) ledger.Observe(request, now);
        }

        var starters = new Dictionary<string, OrchestrationInstance?>(StringComparer.Ordinal);
        foreach (var starter in missing.Values.Select(request => request.StartedBy).OfType<string>().Distinct())
            starters[starter] = await client.GetAsync(starter, cancellationToken);

        foreach (var (requestId, request) in missing)
        {
            var starter = request.StartedBy is { } id ? starters[id] : null;
            var isToCome = starter is null ? request.AcceptedAt >= now - LongestStart : starter.Status is RuntimeStatus.Pending or RuntimeStatus.Running;
            if (!isToCome) ledger.Drop(requestId);
        }
    }
}

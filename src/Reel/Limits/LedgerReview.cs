using System.Collections.Concurrent;
using Reel.Batches;
using Reel.Generations;

namespace Reel.Limits;

/// <summary>Looks again at what is open in a ledger, so that what has ended makes room.</summary>
public sealed class LedgerReview(GenerationStore generations, UsageRecords deleted, UnbegunRequests batches, TimeProvider time)
{
    private const int ReadsAtOnce = 4;

    /// <summary>Takes in how the open requests stand, unless that was done a short time ago. To be called by who holds the ledger's gate.</summary>
    public async Task RunAsync(string callerId, CallerLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ledger.IsReviewed(now)) return;

        // Batches first: what is not to be begun by then has an instance, which is found, or will never have one.
        var unbegun = new Dictionary<string, IReadOnlySet<string>?>(StringComparer.Ordinal);
        foreach (var starter in ledger.Open.Values.Select(request => request.StartedBy).OfType<string>().Distinct())
            unbegun[starter] = await batches.FindAsync(starter, cancellationToken);

        var requests = ledger.Open.Where(request => Starter(request.Value)?.Contains(request.Key) != true).ToDictionary(StringComparer.Ordinal);
        var found = await FindAsync(callerId, requests.Keys, cancellationToken);
        foreach (var request in found) ledger.Observe(request, now);

        foreach (var request in found) requests.Remove(request.RequestId);
        await foreach (var request in DeletedAsync(callerId, requests, now, cancellationToken))
        {
            if (requests.Remove(request.RequestId)) ledger.Observe(request, now);
        }

        // What is neither there nor deleted was never started, or is gone; unless it is about to be started.
        foreach (var (id, request) in requests)
        {
            if (Starter(request) is not null || request.AcceptedAt < now - LedgerLook.LongestStart) ledger.Drop(id);
        }

        ledger.EndReview(now, time.GetUtcNow());

        IReadOnlySet<string>? Starter(OpenRequest request) => request.StartedBy is { } id ? unbegun[id] : null;
    }

    private async Task<IReadOnlyCollection<RequestUsage>> FindAsync(string callerId, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var found = new ConcurrentBag<RequestUsage>();
        await Parallel.ForEachAsync(
            ids,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (id, token) =>
            {
                if (await generations.FindStartedAsync(callerId, id, token) is { } generation) found.Add(RequestUsage.Of(generation));
            });
        return found;
    }

    private IAsyncEnumerable<RequestUsage> DeletedAsync(
        string callerId, Dictionary<string, OpenRequest> missing, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (missing.Count == 0) return AsyncEnumerable.Empty<RequestUsage>();
        var first = missing.Values.Min(request => request.AcceptedAt);
        return deleted.ListAsync(callerId, DateOnly.FromDateTime(first.UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
    }
}

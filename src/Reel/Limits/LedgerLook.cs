using Microsoft.Extensions.Hosting;
using Reel.Batches;
using Reel.Generations;

namespace Reel.Limits;

/// <summary>
/// Looks for what counts under a caller's limits and is not in its ledger: the first time for what the engine remembers of today and what is under way, and
/// then for what was started since. The engine says when that was: an id may be much older, when it was reserved under a key, for a resubmission or
/// by a batch.
/// </summary>
/// <remarks>
/// A look belongs to no call: one that takes longer than its caller can wait is not broken off, and serves the next. The first one has to be waited for.
/// A later one is waited for until it has taken three seconds, and then taken in when it has ended: what the process itself has let in is known without.
/// </remarks>
public sealed class LedgerLook(UsageScan usage, UsageRecords deleted, UnbegunRequests batches, IHostApplicationLifetime host, TimeProvider time)
{
    /// <summary>A start that is under way for so long was given up.</summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Takes in what others have started, if it is time for that. To be called by who holds the ledger's gate.</summary>
    public async Task RefreshAsync(string callerId, CallerLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Left behind by a call that did not wait for it. Should it have failed, it is done again.
        if (ledger.Look is { Task.IsCompleted: true } old)
        {
            ledger.Look = null;
            if (old.Task.IsCompletedSuccessfully) ledger.Take(await old.Task, now);
        }

        if (ledger.Look is null && now >= ledger.NextLook) ledger.Look = new PendingLook(Begin(callerId, ledger), now);
        if (ledger.Look is not { } look) return;

        var most = ledger.Horizon is null ? Timeout.InfiniteTimeSpan : look.Begun + Patience > now ? look.Begun + Patience - now : TimeSpan.Zero;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(look.Task, Task.Delay(most, time, wait.Token));
        wait.Cancel();
        if (!look.Task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        // All of it or nothing.
        ledger.Look = null;
        ledger.Take(await look.Task, now);
    }

    private Task<LedgerFindings> Begin(string callerId, CallerLedger ledger)
    {
        var (limit, horizon, known, stopping) = (ledger.Limit, ledger.Horizon, ledger.Starters, host.ApplicationStopping);

        // Nothing of the call goes with it, such as where its time is noted.
        using (ExecutionContext.SuppressFlow()) return Task.Run(() => FindAsync(callerId, limit, horizon, known, stopping), stopping);
    }

    private async Task<LedgerFindings> FindAsync(
        string callerId, CallerLimit limit, DateTimeOffset? horizon, IReadOnlySet<string> known, CancellationToken cancellationToken)
    {
        var (begun, stamp) = (time.GetUtcNow(), time.GetTimestamp());

        // Batches first: what they begin after that was counted there, and what they had begun before is found among the requests.
        var unbegun = await batches.ListAsync(callerId, horizon, known, cancellationToken);
        List<RequestUsage> found = [];
        if (horizon is not null)
        {
            await foreach (var request in usage.ListAsync(callerId, createdFrom: horizon, cancellationToken: cancellationToken)) found.Add(request);
        }
        else
        {
            var today = new DateTimeOffset(begun.UtcDateTime.Date, TimeSpan.Zero);
            var since = limit.UsdPerDay is not null && today < begun - LongestStart ? today : begun - LongestStart;
            await foreach (var request in usage.ListAsync(callerId, since, cancellationToken: cancellationToken)) found.Add(request);
            await foreach (var request in usage.ListAsync(callerId, isOpen: true, cancellationToken: cancellationToken)) found.Add(request);
            await foreach (var request in deleted.ListAsync(callerId, DateOnly.FromDateTime(since.UtcDateTime), DateOnly.FromDateTime(begun.UtcDateTime), cancellationToken))
                found.Add(request);
        }

        return new LedgerFindings(begun, time.GetElapsedTime(stamp), unbegun, [.. found.DistinctBy(request => request.RequestId)]);
    }
}

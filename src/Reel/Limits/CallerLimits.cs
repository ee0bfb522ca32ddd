using Reel.Orchestration;

namespace Reel.Limits;

/// <summary>
/// Lets a caller's requests in, or says which of its limits stands in the way. Within a process a limit holds exactly: one admission at a time for each
/// caller, and what was let in counts from then on, started or not. What other processes let in is seen within about a second of its start; so with n of
/// them a limit may be passed by what the others let in in that second. A caller without limits costs nothing.
/// </summary>
/// <remarks>
/// The first admission of a process reads what counts of what the engine remembers. After that a ledger is kept, and only what was started since is looked
/// for, at most once a second (<see cref="LedgerLook"/>). What was open is looked at again before anything is refused, so that what has ended makes room
/// at once; the time for that is limited to a tenth, for somebody who asks in a loop (<see cref="LedgerReview"/>).
/// </remarks>
public sealed class CallerLimits(CallerLedgers ledgers, LedgerLook look, LedgerReview review, TimeProvider time)
{
    // A caller gives up about then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Counts the requests, all or none. What stands in the way is the result; null when they are let in. To be called before they are started and after
    /// it is known that they are no replays.
    /// </summary>
    /// <exception cref="LimitsUnavailableException">Nothing was let in: it could not be found out in 20 seconds what is in the way.</exception>
    public Task<LimitRefusal?> AdmitAsync(string callerId, IReadOnlyList<Admission> items, CancellationToken cancellationToken) =>
        DecideAsync(callerId, items, isCounted: true, cancellationToken);

    /// <summary>Whether <see cref="AdmitAsync"/> would refuse them now; counts nothing.</summary>
    /// <exception cref="LimitsUnavailableException">As there.</exception>
    public Task<LimitRefusal?> CheckAsync(string callerId, IReadOnlyList<Admission> items, CancellationToken cancellationToken) =>
        DecideAsync(callerId, items, isCounted: false, cancellationToken);

    private async Task<LimitRefusal?> DecideAsync(string callerId, IReadOnlyList<Admission> items, bool isCounted, CancellationToken cancellationToken)
    {
        if (ledgers.Find(callerId) is not { } ledger) return null;

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await ledger.Gate.WaitAsync(either.Token);
            try
            {
                return await DecideAsync(callerId, ledger, items, isCounted, either.Token);
            }
            finally
            {
                ledger.Gate.Release();
            }
        }
        catch (Exception exception) when (
            exception is OrchestrationUnavailableException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LimitsUnavailableException(exception);
        }
    }

    private async Task<LimitRefusal?> DecideAsync(
        string callerId, CallerLedger ledger, IReadOnlyList<Admission> items, bool isCounted, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        ledger.Advance(now);
        await look.RefreshAsync(callerId, ledger, now, cancellationToken);

        var refusal = ledger.Check(items, now);
        if (refusal is { Kind: not LimitKind.RequestsPerMinute, FreeAt: not null } || ledger.Open.Count >= ledger.ReviewFrom)
        {
            await review.RunAsync(callerId, ledger, now, cancellationToken);
            refusal = ledger.Check(items, now);
        }

        if (refusal is null && isCounted) ledger.Add(items, now);
        return refusal;
    }
}

using Microsoft.Extensions.Hosting;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>
/// Waits for a request to get on: for synchronous submits, long-polls and event streams. No engine tells of changes, so it asks once a second. On the
/// desk that takes a tenth of a millisecond; on Azure it is two storage requests, some $0.0001 for a render of two minutes.
/// </summary>
internal sealed class StateWatch(GenerationStore generations, IHostApplicationLifetime host, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The host is stopping: nothing is waited for any more.</summary>
    public bool IsStopping => host.ApplicationStopping.IsCancellationRequested;

    /// <summary>
    /// The request once its state is the awaited one; else as it was last seen when the limit is reached or the host stops. An engine that does not answer is
    /// asked again: the request goes on meanwhile.
    /// </summary>
    /// <param name="known">As it was seen last; null when it was only just started.</param>
    /// <param name="firstPause">Where the state is expected at once: it is asked for after this pause, and then less and less often.</param>
    /// <returns>Null only when <paramref name="known"/> was null and it was not seen at all.</returns>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task<Generation?> WaitAsync(
        string callerId,
        string requestId,
        Generation? known,
        Func<GenerationState, bool> isAwaited,
        TimeSpan limit,
        CancellationToken cancellationToken,
        TimeSpan? firstPause = null)
    {
        var start = time.GetTimestamp();
        var pause = firstPause ?? Interval;
        known ??= await AskAsync(callerId, requestId, limit, cancellationToken);
        while ((known is null || !isAwaited(known.State)) && limit - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            await PauseAsync(Least(left, pause), cancellationToken);
            if (IsStopping) break;
            pause = Least(2 * pause, Interval);
            known = await AskAsync(callerId, requestId, left, cancellationToken) ?? known;
        }

        return known;
    }

    /// <summary>The same for a request that was seen.</summary>
    public async Task<Generation> WaitAsync(
        Generation known, Func<GenerationState, bool> isAwaited, TimeSpan limit, CancellationToken cancellationToken, TimeSpan? firstPause = null) =>
        await WaitAsync(known.Request.CallerId, known.Request.RequestId, known, isAwaited, limit, cancellationToken, firstPause) ?? known;

    // An engine that is slow to answer does not make the wait longer by more than a second.
    private async Task<Generation?> AskAsync(string callerId, string requestId, TimeSpan left, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(left > Interval ? left : Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await generations.FindAsync(callerId, requestId, either.Token);
        }
        catch (Exception exception) when (exception is OrchestrationUnavailableException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            await Task.Delay(pause, time, end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}

namespace Reel.Orchestration;

/// <summary>
/// Work that an orchestrator asks for: the place for I/O. It runs at least once and may run twice at the same time. Expected outcomes are
/// values; it throws only for what should be tried again.
/// </summary>
public interface IActivity<TInput, TOutput>
{
    /// <summary>Does the work. The token is cancelled when the host stops; the activity then runs again after the next start.</summary>
    Task<TOutput> RunAsync(TInput input, CancellationToken cancellationToken);
}

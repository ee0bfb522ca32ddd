namespace Reel.Generations;

/// <summary>Requests that were accepted and have no instance yet. Whoever holds requests back says how they stand.</summary>
public interface IWaitingRequests
{
    /// <summary>A request that has no instance; null when this caller has none of this id here.</summary>
    Task<Generation?> FindAsync(string callerId, string requestId, CancellationToken cancellationToken);

    /// <summary>Sees to it that a request is not begun or, if that has just happened, is told to end.</summary>
    /// <param name="requestId">Of one that <see cref="FindAsync"/> has given.</param>
    Task CancelAsync(string callerId, string requestId, CancellationToken cancellationToken);

    /// <summary>Removes what is kept of what a request asks for, now that it is over. Repeating it changes nothing.</summary>
    /// <param name="requestId">Of one that was held back, and may have been begun since.</param>
    Task ForgetAsync(string callerId, string requestId, CancellationToken cancellationToken);
}

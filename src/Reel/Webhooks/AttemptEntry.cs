namespace Reel.Webhooks;

/// <summary>An attempt that was let in, or one that was not.</summary>
public sealed class AttemptEntry : IDisposable
{
    private readonly AttemptGate? gate;
    private (bool IsHeard, TimeSpan Took)? answer;

    internal AttemptEntry(TimeSpan comeBackAfter, long ticket) => (ComeBackAfter, Ticket) = (comeBackAfter, ticket);

    internal AttemptEntry(AttemptGate gate, AttemptReceiver receiver, string callerId, ReceiverKind kind, long began) =>
        (this.gate, Receiver, CallerId, Kind, Began) = (gate, receiver, callerId, kind, began);

    /// <summary>There was no room: how long to stay away. Null when it was let in.</summary>
    public TimeSpan? ComeBackAfter { get; }

    /// <summary>Its number in the receiver's line, to be shown when it comes back.</summary>
    public long Ticket { get; }

    internal AttemptReceiver? Receiver { get; }

    internal string? CallerId { get; }

    internal ReceiverKind Kind { get; }

    internal long Began { get; }

    /// <summary>How the attempt ended; without it nothing was learnt of the receiver.</summary>
    /// <param name="isHeard">The receiver answered 2xx.</param>
    public void Ended(bool isHeard, TimeSpan took) => answer = (isHeard, took);

    /// <inheritdoc/>
    public void Dispose() => gate?.Leave(this, answer);
}

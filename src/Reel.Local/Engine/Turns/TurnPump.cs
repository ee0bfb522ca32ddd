namespace Reel.Local.Engine.Turns;

/// <summary>
/// The one thread of an orchestrator's turn. What its code leaves to run later is queued here and runs before the turn ends; what comes
/// back on another thread, after <c>ConfigureAwait(false)</c>, <c>Task.Delay</c> or real I/O, has strayed and is reported.
/// </summary>
/// <param name="strayed">Called, on any thread, when something comes back after the turn has ended.</param>
internal sealed class TurnPump(Action strayed) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private volatile int thread;
    private volatile bool hasStrayed;

    public bool IsHere => Environment.CurrentManagedThreadId == thread;

    public bool HasStrayed => hasStrayed;

    /// <summary>Makes the calling thread the turn's, until the result is disposed of.</summary>
    public Session Enter() => new(this);

    /// <summary>Runs what is queued, and what that queues, until the code waits for something from outside.</summary>
    public void Drain()
    {
        while (queue.TryDequeue(out var item)) item.Callback(item.State);
    }

    public void Stray()
    {
        hasStrayed = true;
        // Against the end of the turn, which writes and reads the same two the other way round: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (thread == 0) strayed();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere) queue.Enqueue((d, state));
        else Stray();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsHere) throw new InvalidOperationException(OrchestratorContext.OutsideItsThread);
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    internal readonly ref struct Session
    {
        private readonly TurnPump pump;
        private readonly SynchronizationContext? before;

        public Session(TurnPump pump)
        {
            this.pump = pump;
            before = Current;
            pump.thread = Environment.CurrentManagedThreadId;
            SetSynchronizationContext(pump);
        }

        public void Dispose()
        {
            pump.thread = 0;
            Interlocked.MemoryBarrier();
            SetSynchronizationContext(before);
        }
    }
}

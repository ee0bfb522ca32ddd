namespace Reel.Functions.Tests.Durable;

/// <summary>The one thread of an orchestrator: what is posted waits here until it is run.</summary>
internal sealed class Turns : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Whoever left the thread comes back from another.
        lock (queue) queue.Enqueue((d, state));
    }

    public void RunAll()
    {
        while (TryDequeue(out var next)) next.Callback(next.State);
    }

    private bool TryDequeue(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (queue) return queue.TryDequeue(out next);
    }
}

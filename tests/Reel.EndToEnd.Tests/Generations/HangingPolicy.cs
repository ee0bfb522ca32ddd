using Azure.Core;
using Azure.Core.Pipeline;
using Reel.EndToEnd.Tests.Emulator;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>Storage that answers nothing until it is asked no longer.</summary>
internal sealed class HangingPolicy : HttpPipelinePolicy, IDisposable
{
    private readonly CancellationTokenSource end = new();
    private int asked;

    public int Asked => Volatile.Read(ref asked);

    public void Dispose()
    {
        end.Cancel();
        end.Dispose();
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref asked);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(message.CancellationToken, end.Token);
        await Task.Delay(Timeout.Infinite, either.Token);
    }
}

/// <summary>The real clock, turned as a test likes, whose timers fire at once or never: a limit that is never reached, however slow the machine is.</summary>
internal sealed class TimersAtWill(bool atOnce = false) : TurnableTime
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, atOnce ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}

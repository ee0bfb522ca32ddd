using Reel.Functions.Durable;
using Reel.Orchestration;

namespace Reel.Functions.Tests.Durable;

/// <summary>The other tests rest on the world seeing what the worker would punish.</summary>
public sealed class DurableWorldTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActivityName<string, string> Echo = new("Echo");

    private readonly DurableWorld world = new DurableWorld(Noon, "one").On(Echo, input => input);

    [Fact]
    public void An_orchestrator_that_leaves_its_thread_is_seen()
    {
        Assert.Throws<InvalidOperationException>(() => Run(async context =>
        {
            await context.CallAsync(Echo, "a").ConfigureAwait(false);
            return await context.CallAsync(Echo, "b");
        }));
    }

    [Fact]
    public void An_orchestrator_that_waits_for_anything_else_is_seen()
    {
        var never = new TaskCompletionSource<string>();

        Assert.Throws<InvalidOperationException>(() => Run(_ => never.Task));
    }

    [Fact]
    public void An_open_timer_is_seen()
    {
        Assert.Throws<InvalidOperationException>(() => Run(context =>
        {
            _ = context.CreateTimer(Noon.AddMinutes(1));
            return Task.FromResult("");
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(2500)]
    public void A_timer_is_never_early_and_hardly_late(int milliseconds)
    {
        var due = Noon.AddMilliseconds(milliseconds);

        Run(async context =>
        {
            await context.CreateTimer(due);
            return "";
        });

        Assert.InRange(world.Now, due, due.AddSeconds(1.1));
    }

    [Fact]
    public void A_loop_that_waits_for_a_time_waits_once()
    {
        var due = Noon.AddSeconds(2.5);

        Run(async context =>
        {
            while (context.UtcNow < due) await context.CreateTimer(due);
            return "";
        });

        Assert.Single(world.Timers);
    }

    private string Run(Func<IOrchestrationContext, Task<string>> orchestrator) =>
        world.Run<string, string>(context => context.RunAsync<string, string>((port, _) => orchestrator(port)), "");
}

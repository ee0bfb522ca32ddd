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

    private string Run(Func<IOrchestrationContext, Task<string>> orchestrator) =>
        world.Run<string, string>(context => context.RunAsync<string, string>((port, _) => orchestrator(port)), "");
}

using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineLoadTests
{
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private static readonly ActivityName<int, int> Act = new("Act");

    [Fact]
    public async Task Ten_thousand_timers_that_are_due_at_once_all_fire_and_not_before()
    {
        using var folder = new TempFolder();
        var time = new ManualTime();
        var catalog = new OrchestrationCatalog().Add(Main, async (context, input) =>
        {
            var due = new DateTimeOffset(context.UtcNow.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
            await context.CreateTimer(due);
            return context.UtcNow >= due ? 1 : 0;
        });
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path, time))
        {
            await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 1_000 }, async (i, token) =>
                await host.Client.StartAsync(Main, $"{i:D5}", i, token));
            time.Advance(TimeSpan.FromHours(11));
            Assert.Equal(10_000, host.Engine.Core.Timers.Count);
        }

        // The timers come from the file, and no history is in memory.
        await using var again = await EngineHost.StartAsync(catalog, folder.Path, time);
        Assert.Equal(10_000, again.Engine.Core.Timers.Count);
        time.Advance(TimeSpan.FromHours(1));

        var running = new OrchestrationQuery("", [RuntimeStatus.Running, RuntimeStatus.Failed], PageSize: 1);
        await Until.TrueAsync(async () => (await again.Client.ListAsync(running)).Instances.Count == 0);
        Assert.Equal("1", (await again.Client.GetAsync("09999"))!.Output);
        Assert.Equal(0, again.Engine.Core.Timers.Count);
    }

    [Fact]
    public async Task One_orchestrator_may_wait_for_ten_thousand_timers()
    {
        var time = new ManualTime();
        var catalog = new OrchestrationCatalog().Add(Main, async (context, input) =>
        {
            await Task.WhenAll(Enumerable.Range(0, input).Select(_ => context.CreateTimer(context.UtcNow.AddMinutes(1))));
            return input;
        });
        await using var host = await EngineHost.StartAsync(catalog, time: time);
        await host.Client.StartAsync(Main, "one", 10_000);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("10000", (await host.FinishedAsync("one")).Output);
    }

    [Fact]
    public async Task An_orchestrator_that_continues_as_new_a_thousand_times_leaves_no_trail()
    {
        var catalog = new OrchestrationCatalog().Add(Main, async (context, input) =>
        {
            if (input % 100 == 0) await context.CallAsync(Act, input);
            if (input < 1_000) context.ContinueAsNew(input + 1);
            else await context.WaitForEvent<int>("end");
            return input;
        }).Add(Act, input => input);
        await using var host = await EngineHost.StartAsync(catalog);
        await host.Client.StartAsync(Main, "one", 0);
        var created = (await host.Client.GetAsync("one"))!.CreatedAt;
        await host.WhenAsync("one", instance => instance.Input == "1000");
        await Until.TrueAsync(() => host.Engine.Core.Reader.Read(reads => reads.Load(1))!.Turns.Count == 2);

        Assert.Equal(1_000, host.Engine.Core.Reader.Read(reads => reads.Load(1))!.Execution);
        await host.Engine.Core.Mailboxes.IdleAsync();
        // What it weighs in the cache is this execution's history, and not that of the thousand before.
        Assert.InRange(host.Engine.Core.Cache.Take(1)!.Bytes, 500, 2_000);
        await host.Client.RaiseEventAsync("one", "end", 1);
        var instance = await host.FinishedAsync("one");
        Assert.Equal((RuntimeStatus.Completed, "1000", created), (instance.Status, instance.Output, instance.CreatedAt));
    }

    [Fact]
    public async Task Continuing_as_new_drops_what_the_old_execution_still_waited_for()
    {
        var release = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var catalog = new OrchestrationCatalog().Add(Main, async (context, input) =>
        {
            if (input == 1) return await context.WaitForEvent<int>("end");
            _ = context.CallAsync(Act, 7);
            _ = context.CreateTimer(context.UtcNow.AddDays(1));
            await context.WaitForEvent<int>("next");
            context.ContinueAsNew(1);
            return 0;
        }).Add(Act, (_, _) => release.Task);
        await using var host = await EngineHost.StartAsync(catalog);
        await host.Client.StartAsync(Main, "one", 0);
        await host.Client.RaiseEventAsync("one", "next", 0);
        await host.WhenAsync("one", instance => instance.Input == "1");

        var left = host.Engine.Core.Reader.Read(reads => reads.Unfinished());
        Assert.Equal((0, 0), (left.Activities.Count, left.Timers.Count));
        // Memory follows the file, and so a moment later.
        await Until.TrueAsync(() => Task.FromResult(host.Engine.Core.Timers.Count == 0), () => $"{host.Engine.Core.Timers.Count} timers are left");
        release.SetResult(9);
        await host.Client.RaiseEventAsync("one", "end", 5);
        Assert.Equal("5", (await host.FinishedAsync("one")).Output);
    }
}

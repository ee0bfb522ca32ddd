using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineActivityTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly ActivityName<string, string> Echo = new("Echo");
    private static readonly ActivityName<int, int> Fails = new("Fails");

    private static OrchestrationCatalog Catalog(Func<IOrchestrationContext, string, Task<string>> main) =>
        new OrchestrationCatalog().Add(Main, main).Add(Echo, input => input);

    [Fact]
    public async Task Of_a_failed_activity_the_first_line_comes_through_and_no_more()
    {
        var catalog = Catalog(async (context, _) =>
        {
            var error = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Fails, 1));
            return $"{error.TaskName}|{error.Reason}";
        }).Add<int, int>(Fails, _ => throw new InvalidOperationException("It broke\nwith details"));
        await using var host = await EngineHost.StartAsync(catalog);

        Assert.Equal("\"Fails|It broke\"", (await host.RunAsync(Main, "")).Output);
    }

    [Fact]
    public async Task A_retry_policy_waits_longer_each_time_and_then_gives_up()
    {
        var time = new ManualTime();
        var runs = 0;
        var catalog = Catalog(async (context, _) =>
        {
            await context.CallAsync(Fails, 1, new RetryPolicy(3, TimeSpan.FromSeconds(10)));
            return "";
        }).Add<int, int>(Fails, _ => throw new InvalidOperationException($"run {Interlocked.Increment(ref runs)}"));
        await using var host = await EngineHost.StartAsync(catalog, time: time);
        await host.Client.StartAsync(Main, "one", "");

        await Until.TrueAsync(() => host.Engine.Core.Timers.Count == 1);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, host.Engine.Core.Timers.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => runs == 2 && host.Engine.Core.Timers.Count == 1);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, host.Engine.Core.Timers.Count);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("'Fails' failed: run 3", (await host.FinishedAsync("one")).Failure);
    }

    [Fact]
    public async Task Two_activities_that_finish_at_once_both_count()
    {
        using var gate = new Barrier(2);
        var catalog = new OrchestrationCatalog()
            .Add(Main, async (context, _) => string.Concat(await Task.WhenAll(context.CallAsync(Echo, "a"), context.CallAsync(Echo, "b"))))
            .Add(Echo, (input, _) => Task.Run(() => gate.SignalAndWait(TimeSpan.FromSeconds(60)) ? input : "late"));
        await using var host = await EngineHost.StartAsync(catalog);

        for (var i = 0; i < 50; i++) Assert.Equal("\"ab\"", (await host.RunAsync(Main, "", $"run{i}")).Output);
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_allowed_and_a_name_at_its_limit_holds_up_nobody_else()
    {
        var slow = new ActivityName<int, int>("Slow");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (running, most) = (0, 0);
        var catalog = Catalog(async (context, _) =>
        {
            var slows = Enumerable.Range(0, 20).Select(i => context.CallAsync(slow, i)).ToList();
            await context.CallAsync(Echo, "");
            context.SetCustomStatus("echoed");
            await Task.WhenAll(slows);
            return "";
        }).Add(slow, async (input, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
            return input;
        });
        await using var host = await EngineHost.StartAsync(catalog, configure: options =>
        {
            options.MaxConcurrentActivities = 4;
            options.MaxConcurrentByActivity["SLOW"] = 3;
        });
        await host.Client.StartAsync(Main, "one", "");

        await host.WhenAsync("one", instance => instance.CustomStatus is not null);
        release.SetResult();

        Assert.Equal(RuntimeStatus.Completed, (await host.FinishedAsync("one")).Status);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task An_activity_that_has_not_begun_when_its_instance_is_terminated_does_not_begin()
    {
        var release = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> begun = [];
        var catalog = new OrchestrationCatalog().Add(Main, (context, input) => context.CallAsync(Echo, input)).Add(Echo, (input, _) =>
        {
            lock (begun) begun.Add(input);
            return release.Task;
        });
        await using var host = await EngineHost.StartAsync(catalog, configure: options => options.MaxConcurrentActivities = 1);
        foreach (var input in new[] { "a", "b", "c" }) await host.Client.StartAsync(Main, input, input);
        await Until.TrueAsync(() => begun.Count == 1);
        var dropped = begun[0] == "b" ? "a" : "b";

        Assert.True(await host.Client.TerminateAsync(dropped, ""));
        release.SetResult("");

        await host.FinishedAsync(begun[0]);
        await host.FinishedAsync("c");
        Assert.Equal(2, begun.Count);
        Assert.DoesNotContain(dropped, begun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activity_that_has_not_begun_when_its_execution_ends_does_not_begin(bool goesOnAsNew)
    {
        var slow = new ActivityName<string, string>("Slow");
        var release = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> begun = [];
        var catalog = Catalog(async (context, input) =>
        {
            if (input is "first" or "last") return await context.CallAsync(slow, input);
            if (input == "again") return "";
            _ = context.CallAsync(slow, "left behind");
            await context.CallAsync(Echo, "");
            if (goesOnAsNew) context.ContinueAsNew("again");
            return "";
        }).Add(slow, (input, _) =>
        {
            lock (begun) begun.Add(input);
            return release.Task;
        });
        await using var host = await EngineHost.StartAsync(catalog, configure: options => options.MaxConcurrentByActivity["Slow"] = 1);
        await host.Client.StartAsync(Main, "first", "first");
        await Until.TrueAsync(() => begun.Count == 1);

        await host.RunAsync(Main, "", "one");
        await host.Client.StartAsync(Main, "last", "last");
        release.SetResult("");

        await host.FinishedAsync("last");
        Assert.Equal(["first", "last"], begun);
    }

    [Fact]
    public async Task A_stop_cancels_activities_which_run_again_after_the_next_start()
    {
        using var folder = new TempFolder();
        var runs = 0;
        var catalog = new OrchestrationCatalog().Add(Main, (context, _) => context.CallAsync(Echo, "x")).Add(Echo, async (input, token) =>
        {
            if (Interlocked.Increment(ref runs) == 1) await Task.Delay(Timeout.Infinite, token);
            return input;
        });
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path))
        {
            await host.Client.StartAsync(Main, "one", "");
            await Until.TrueAsync(() => runs == 1);
        }

        await using var again = await EngineHost.StartAsync(catalog, folder.Path);
        Assert.Equal(RuntimeStatus.Completed, (await again.FinishedAsync("one")).Status);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_result_that_comes_while_stopping_is_kept()
    {
        using var folder = new TempFolder();
        var runs = 0;
        var catalog = new OrchestrationCatalog().Add(Main, (context, _) => context.CallAsync(Echo, "x")).Add(Echo, async (input, token) =>
        {
            Interlocked.Increment(ref runs);
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var _ = token.Register(told.SetResult);
            await told.Task;
            return input;
        });
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path))
        {
            await host.Client.StartAsync(Main, "one", "");
            await Until.TrueAsync(() => runs == 1);
        }

        await using var again = await EngineHost.StartAsync(catalog, folder.Path);
        Assert.Equal(RuntimeStatus.Completed, (await again.FinishedAsync("one")).Status);
        Assert.Equal(1, runs);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target) Interlocked.CompareExchange(ref target, value, seen);
    }
}

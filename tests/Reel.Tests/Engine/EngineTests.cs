using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly OrchestrationName<string, string> Child = new("Child");
    private static readonly ActivityName<string, string> Echo = new("Echo");

    private static OrchestrationCatalog Catalog(Func<IOrchestrationContext, string, Task<string>> main) =>
        new OrchestrationCatalog().Add(Main, main).Add(Echo, input => input);

    [Fact]
    public async Task Input_activity_result_custom_status_and_output_come_through()
    {
        await using var host = await EngineHost.StartAsync(Catalog(async (context, input) =>
        {
            context.SetCustomStatus(new { Stage = "echoing" });
            return context.InstanceId + ": " + await context.CallAsync(Echo, input + "!");
        }));

        var instance = await host.RunAsync(Main, "hello");

        Assert.Equal((RuntimeStatus.Completed, "\"hello\"", "\"one: hello!\"", """{"stage":"echoing"}""", null),
            (instance.Status, instance.Input, instance.Output, instance.CustomStatus, instance.Failure));
        Assert.Equal("Main", instance.Name);
        Assert.True(instance.UpdatedAt >= instance.CreatedAt);
    }

    [Fact]
    public async Task An_orchestrator_that_throws_is_failed_with_the_first_line()
    {
        await using var host = await EngineHost.StartAsync(Catalog((_, _) => throw new InvalidOperationException("Nothing goes\nat all")));
        var instance = await host.RunAsync(Main, "");
        Assert.Equal((RuntimeStatus.Failed, "Nothing goes", null), (instance.Status, instance.Failure, instance.Output));
    }

    [Fact]
    public async Task An_unknown_orchestration_starts_and_fails_and_an_unknown_activity_fails_its_caller()
    {
        await using var host = await EngineHost.StartAsync(
            Catalog((context, _) => context.CallAsync(new ActivityName<int, string>("Nope"), 1)));
        Assert.Equal("There is no orchestration named 'Nobody'.", (await host.RunAsync(new OrchestrationName<int, int>("Nobody"), 1)).Failure);
        Assert.Equal("'Nope' failed: There is no activity named 'Nope'.", (await host.RunAsync(Main, "", "two")).Failure);
    }

    [Fact]
    public async Task A_sub_orchestration_answers_fails_and_refuses_an_id_in_use()
    {
        var catalog = Catalog(async (context, _) =>
        {
            var good = await context.CallAsync(Child, "child", "ok");
            var bad = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Child, "child2", "bad"));
            var twice = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Child, "child", "ok"));
            return $"{good}|{bad.Message}|{twice.Message}";
        }).Add(Child, (_, input) => input == "ok" ? Task.FromResult("fine") : throw new InvalidOperationException("no good"));
        await using var host = await EngineHost.StartAsync(catalog);

        var instance = await host.RunAsync(Main, "");

        Assert.Equal("\"fine|'Child' failed: no good|'Child' failed: The instance id 'child' is in use.\"", instance.Output);
        Assert.Equal(RuntimeStatus.Completed, (await host.Client.GetAsync("child"))!.Status);
    }

    [Fact]
    public async Task Fifty_callers_start_one_instance_and_a_finished_one_is_never_run_again()
    {
        var runs = 0;
        var catalog = new OrchestrationCatalog().Add(Main, async (context, input) => await context.CallAsync(Echo, input))
            .Add(Echo, input => $"{input}{Interlocked.Increment(ref runs)}");
        await using var host = await EngineHost.StartAsync(catalog);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => host.Client.StartAsync(Main, "one", "x"))));
        Assert.Equal("\"x1\"", (await host.FinishedAsync("one")).Output);
        await host.Client.StartAsync(Main, "one", "y");

        Assert.Equal("\"x1\"", (await host.Client.GetAsync("one"))!.Output);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Terminating_ends_an_instance_at_once_tells_its_parent_and_leaves_its_children()
    {
        var catalog = new OrchestrationCatalog()
            .Add(new OrchestrationName<string, string>("Top"), async (context, _) =>
                (await Assert.ThrowsAsync<TaskFailedException>(() => context.CallAsync(Main, "middle", ""))).Message)
            .Add(Main, (context, _) => context.CallAsync(Child, "bottom", ""))
            .Add(Child, (context, _) => context.WaitForEvent<string>("go"));
        await using var host = await EngineHost.StartAsync(catalog);
        await host.Client.StartAsync(new OrchestrationName<string, string>("Top"), "top", "");
        await host.WhenAsync("bottom", instance => instance.Status == RuntimeStatus.Running);

        Assert.True(await host.Client.TerminateAsync("middle", "enough"));

        var middle = await host.Client.GetAsync("middle");
        Assert.Equal((RuntimeStatus.Terminated, "enough"), (middle!.Status, middle.Failure));
        Assert.Equal("\"'Main' failed: It was terminated: enough\"", (await host.FinishedAsync("top")).Output);
        Assert.False(await host.Client.TerminateAsync("middle", "again"));
        Assert.False(await host.Client.TerminateAsync("nobody", ""));
        Assert.Equal(EventOutcome.Raised, await host.Client.RaiseEventAsync("bottom", "go", "on"));
        Assert.Equal(RuntimeStatus.Completed, (await host.FinishedAsync("bottom")).Status);
    }

    [Fact]
    public async Task Only_a_finished_instance_can_be_purged_and_its_id_is_free_again()
    {
        await using var host = await EngineHost.StartAsync(Catalog((context, _) => context.WaitForEvent<string>("go")));
        await host.Client.StartAsync(Main, "one", "");
        Assert.False(await host.Client.PurgeAsync("one"));
        await host.Client.RaiseEventAsync("one", "go", "a");
        await host.FinishedAsync("one");

        Assert.True(await host.Client.PurgeAsync("one"));
        Assert.Null(await host.Client.GetAsync("one"));
        Assert.False(await host.Client.PurgeAsync("one"));
        await host.Client.StartAsync(Main, "one", "");
        Assert.Equal(RuntimeStatus.Running, (await host.Client.GetAsync("one"))!.Status);
    }

    [Fact]
    public async Task Old_finished_instances_are_purged_and_younger_and_running_ones_stay()
    {
        var time = new ManualTime();
        await using var host = await EngineHost.StartAsync(
            Catalog((context, input) => input == "wait" ? context.WaitForEvent<string>("go") : Task.FromResult("")), time: time);
        for (var i = 0; i < 1_200; i++) await host.Client.StartAsync(Main, $"old{i}", "");
        await host.Client.StartAsync(Main, "running", "wait");
        time.Advance(TimeSpan.FromDays(1));
        await host.Client.StartAsync(Main, "young", "");

        Assert.Equal(1_200, await host.Engine.PurgeFinishedAsync(time.GetUtcNow().AddHours(-1)));
        var left = (await host.Client.ListAsync(new OrchestrationQuery(""))).Instances;
        Assert.Equal(["running", "young"], left.Select(instance => instance.InstanceId));
    }

    [Fact]
    public async Task A_custom_status_over_16_KB_fails_the_instance()
    {
        await using var host = await EngineHost.StartAsync(Catalog((context, input) =>
        {
            context.SetCustomStatus(new string('x', input.Length));
            return Task.FromResult("");
        }));
        Assert.Equal(RuntimeStatus.Completed, (await host.RunAsync(Main, new string('x', 8_190), "fits")).Status);
        Assert.Equal(
            "The custom status takes 16386 bytes; 16 KB is the most.", (await host.RunAsync(Main, new string('x', 8_191), "over")).Failure);
    }

    [Fact]
    public async Task An_engine_that_is_not_running_says_so()
    {
        await using var host = await EngineHost.StartAsync(Catalog((_, _) => Task.FromResult("")));
        await host.Engine.StopAsync(default);
        await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => host.Client.StartAsync(Main, "one", ""));
        await Assert.ThrowsAsync<OrchestrationUnavailableException>(() => host.Client.GetAsync("one"));
    }
}

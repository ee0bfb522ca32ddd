using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineEventTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");

    private static Task<EngineHost> HostAsync(Func<IOrchestrationContext, string, Task<string>> main, TimeProvider? time = null) =>
        EngineHost.StartAsync(new OrchestrationCatalog().Add(Main, main), time: time);

    [Fact]
    public async Task Events_before_and_after_the_wait_are_seen_in_order_whatever_the_case_of_their_name()
    {
        await using var host = await HostAsync(async (context, _) =>
        {
            await context.WaitForEvent<string>("start");
            return await context.WaitForEvent<string>("Go") + await context.WaitForEvent<string>("gO")
                + await context.WaitForEvent<string>("go");
        });
        await host.Client.StartAsync(Main, "one", "");
        foreach (var (name, payload) in new[] { ("GO", "a"), ("go", "b"), ("start", ""), ("go", "c") })
            Assert.Equal(EventOutcome.Raised, await host.Client.RaiseEventAsync("one", name, payload));

        Assert.Equal("\"abc\"", (await host.FinishedAsync("one")).Output);
    }

    [Fact]
    public async Task An_event_to_an_unknown_or_finished_instance_is_told_so()
    {
        await using var host = await HostAsync((_, _) => Task.FromResult(""));
        await host.RunAsync(Main, "");
        Assert.Equal(EventOutcome.NotFound, await host.Client.RaiseEventAsync("nobody", "go", 1));
        Assert.Equal(EventOutcome.Finished, await host.Client.RaiseEventAsync("one", "go", 1));
    }

    [Fact]
    public async Task An_event_wins_over_a_timer_whose_row_then_goes()
    {
        var time = new ManualTime();
        await using var host = await HostAsync(async (context, _) =>
        {
            using var source = new CancellationTokenSource();
            var timer = context.CreateTimer(context.UtcNow.AddHours(1), source.Token);
            var won = await Task.WhenAny(timer, context.WaitForEvent<string>("go"));
            source.Cancel();
            await context.WaitForEvent<string>("end");
            return $"{won != timer} {timer.IsCanceled}";
        }, time);
        await host.Client.StartAsync(Main, "one", "");
        Assert.Equal(1, host.Engine.Core.Timers.Count);

        await host.Client.RaiseEventAsync("one", "go", "");
        await Until.TrueAsync(() => host.Engine.Core.Timers.Count == 0);
        Assert.Empty(host.Engine.Core.Reader.Read(reads => reads.Unfinished()).Timers);
        await host.Client.RaiseEventAsync("one", "end", "");

        Assert.Equal("\"True True\"", (await host.FinishedAsync("one")).Output);
    }

    [Fact]
    public async Task Events_that_an_execution_did_not_consume_go_over_to_the_next_in_order()
    {
        using var folder = new TempFolder();
        var catalog = new OrchestrationCatalog().Add(Main, async (context, seen) =>
        {
            if (seen.Length == 0) await context.WaitForEvent<string>("start");
            seen += await context.WaitForEvent<string>("go");
            if (seen.Length == 20) return seen;
            context.ContinueAsNew(seen);
            return "";
        });
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path))
        {
            await host.Client.StartAsync(Main, "one", "");
            for (var c = 'a'; c < 'a' + 10; c++) await host.Client.RaiseEventAsync("one", "go", c.ToString());
        }

        // After this start the early events are only in the history, no longer in the inbox.
        await using var again = await EngineHost.StartAsync(catalog, folder.Path);
        await Task.WhenAll(
            again.Client.RaiseEventAsync("one", "start", ""),
            Task.Run(async () =>
            {
                for (var c = 'k'; c < 'k' + 10; c++) await again.Client.RaiseEventAsync("one", "go", c.ToString());
            }));
        Assert.Equal("\"abcdefghijklmnopqrst\"", (await again.FinishedAsync("one")).Output);
        Assert.Empty(again.Engine.Core.Reader.Read(reads => reads.Unfinished()).Messages);
    }

    [Fact]
    public async Task A_payload_of_the_wrong_shape_fails_the_wait_not_the_engine()
    {
        await using var host = await HostAsync(async (context, _) =>
        {
            await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => context.WaitForEvent<int>("go"));
            return "survived";
        });
        await host.Client.StartAsync(Main, "one", "");
        await host.Client.RaiseEventAsync("one", "go", new { Not = "a number" });
        Assert.Equal("\"survived\"", (await host.FinishedAsync("one")).Output);
    }

    [Fact]
    public async Task Of_several_waits_for_one_name_the_latest_gets_the_event()
    {
        await using var host = await HostAsync(async (context, _) =>
        {
            var (first, second) = (context.WaitForEvent<string>("go"), context.WaitForEvent<string>("go"));
            return $"{await second} {await first}";
        });
        await host.Client.StartAsync(Main, "one", "");
        await host.Client.RaiseEventAsync("one", "go", "a");
        await host.Client.RaiseEventAsync("one", "go", "b");

        Assert.Equal("\"a b\"", (await host.FinishedAsync("one")).Output);
    }
}

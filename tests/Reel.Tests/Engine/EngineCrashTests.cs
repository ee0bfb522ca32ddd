using System.Collections.Concurrent;
using Reel.Local.Engine.History;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineCrashTests
{
    private static readonly OrchestrationName<int, string> Main = new("Main");
    private static readonly OrchestrationName<string, string> Child = new("Child");
    private static readonly ActivityName<string, string> Act = new("Act");

    // Activity, timer, event, sub-orchestration and continue-as-new, three rounds of them.
    private static OrchestrationCatalog Mixed(ConcurrentDictionary<string, bool> effects) => new OrchestrationCatalog()
        .Add(Main, async (context, round) =>
        {
            context.SetCustomStatus(round);
            var both = await Task.WhenAll(context.CallAsync(Act, $"{round}a"), context.CallAsync(Act, $"{round}b"));
            await context.CreateTimer(context.UtcNow.AddMilliseconds(1));
            var signal = await context.WaitForEvent<string>("go");
            var child = await context.CallAsync(Child, $"child{round}", $"{round}c");
            if (round < 2) context.ContinueAsNew(round + 1);
            return string.Join(',', [.. both, signal, child]);
        })
        .Add(Child, async (context, input) =>
        {
            await context.CreateTimer(context.UtcNow);
            return await context.CallAsync(Act, input);
        })
        .Add(Act, input =>
        {
            effects[input] = true;
            return input;
        });

    private static async Task<OrchestrationInstance> CompleteAsync(EngineHost host)
    {
        await host.Client.StartAsync(Main, "one", 0);
        OrchestrationInstance? instance = null;
        // An event may be lost only with the call that raised it, so the caller repeats it, as a caller would.
        await Until.TrueAsync(async () =>
        {
            instance = await host.Client.GetAsync("one");
            if (instance!.Status < RuntimeStatus.Completed) await host.Client.RaiseEventAsync("one", "go", "e");
            return instance.Status >= RuntimeStatus.Completed;
        }, () => $"{instance}");
        return instance!;
    }

    [Fact]
    public async Task Whatever_commit_is_the_last_the_next_process_comes_to_the_same_end()
    {
        using var copies = new TempFolder();
        List<HashSet<string>> effectsBefore = [];
        ConcurrentDictionary<string, bool> effects = [];
        using (var folder = new TempFolder())
        {
            await using var host = await EngineHost.StartAsync(Mixed(effects), folder.Path, configure: options =>
            {
                options.Faults.MaxCommitsPerTransaction = 1;
                options.Faults.AfterCommit = () =>
                    Copy(folder.Path, Path.Combine(copies.Path, $"{effectsBefore.Count}"), effectsBefore, effects);
            });
            var first = await CompleteAsync(host);
            Assert.Equal("\"2a,2b,e,2c\"", first.Output);
        }

        Assert.True(effectsBefore.Count > 20, $"only {effectsBefore.Count} commits");
        for (var k = 0; k < effectsBefore.Count; k++)
        {
            ConcurrentDictionary<string, bool> after = [];
            await using var host = await EngineHost.StartAsync(Mixed(after), Path.Combine(copies.Path, $"{k}"));
            var instance = await CompleteAsync(host);
            Assert.Equal((k, RuntimeStatus.Completed, "\"2a,2b,e,2c\"", "2"), (k, instance.Status, instance.Output, instance.CustomStatus));
            Assert.Equal(["0a", "0b", "0c", "1a", "1b", "1c", "2a", "2b", "2c"], effectsBefore[k].Union(after.Keys).Order());
            for (var round = 0; round < 3; round++) Assert.Equal(RuntimeStatus.Completed, (await host.FinishedAsync($"child{round}")).Status);
            var left = host.Engine.Core.Reader.Read(reads => reads.Unfinished());
            Assert.Equal((0, 0, 0, 0), (left.Activities.Count, left.Messages.Count, left.Starting.Count, left.Timers.Count));
        }
    }

    private static void Copy(string from, string to, List<HashSet<string>> effectsBefore, ConcurrentDictionary<string, bool> effects)
    {
        effectsBefore.Add([.. effects.Keys]);
        Directory.CreateDirectory(to);
        foreach (var file in new[] { "engine.db", "engine.db-wal" }) File.Copy(Path.Combine(from, file), Path.Combine(to, file));
    }

    [Fact]
    public async Task A_replay_sees_what_the_first_run_saw_also_when_the_history_is_read_from_disk()
    {
        ConcurrentBag<List<string>> traces = [];
        var time = new ManualTime();
        var catalog = new OrchestrationCatalog()
            .Add(Main, async (context, rounds) =>
            {
                List<string> trace = [];
                traces.Add(trace);
                for (var i = 0; i < rounds; i++)
                {
                    trace.Add($"{context.UtcNow:O}");
                    var call = context.CallAsync(Act, $"{i}");
                    var signal = context.WaitForEvent<string>("go");
                    trace.Add(await Task.WhenAny(call, signal) == call ? "call first" : "event first");
                    trace.Add(await call + await signal);
                }

                return string.Join(' ', trace);
            })
            .Add(Act, input => input);
        await using var host = await EngineHost.StartAsync(catalog, time: time, configure: options => options.HistoryCacheBytes = 0);
        await host.Client.StartAsync(Main, "one", 30);
        for (var i = 0; i < 30; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await host.Client.RaiseEventAsync("one", "go", $"e{i}");
        }

        var output = OrchestrationJson.Read<string>((await host.FinishedAsync("one")).Output)!;
        Assert.True(traces.Count > 2);
        Assert.All(traces, trace => Assert.StartsWith(string.Join(' ', trace), output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_answers_late_answers_and_answers_to_another_execution_change_nothing()
    {
        var catalog = new OrchestrationCatalog()
            .Add(Main, async (context, round) =>
            {
                var result = await context.CallAsync(Act, $"a{round}");
                await context.CreateTimer(context.UtcNow);
                result += await context.WaitForEvent<string>("go");
                result += await context.CallAsync(Act, "b");
                if (round == 0) context.ContinueAsNew(1);
                return result;
            })
            .Add(Act, input => input);
        await using var host = await EngineHost.StartAsync(catalog);
        await host.Client.StartAsync(Main, "one", 0);
        for (var execution = 0; execution < 2; execution++)
        {
            for (var i = 0; i < 100; i++)
            {
                for (var task = 1; task <= 2; task++)
                {
                    // The first answers arrive while these do; task 3 is not asked for yet.
                    Post(1 - execution, new InboundEvent(InboundKind.ActivityCompleted, task, Data: "\"stale\""));
                    Post(execution, new InboundEvent(InboundKind.TimerFired, 3 + task));
                    Post(execution, new InboundEvent(InboundKind.ChildFailed, 9, Failure: "who?"));
                }
            }

            await host.Client.RaiseEventAsync("one", "go", "!");
        }

        Assert.Equal("\"a1!b\"", (await host.FinishedAsync("one")).Output);
        Post(1, new InboundEvent(InboundKind.ActivityCompleted, 1, Data: "\"late\""));
        await host.Engine.Core.Mailboxes.IdleAsync();
        Assert.Equal("\"a1!b\"", (await host.Client.GetAsync("one"))!.Output);

        void Post(int execution, InboundEvent inbound) => host.Engine.Core.Mailboxes.Post(1, new Delivery(execution, inbound));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_go_back_within_an_instance()
    {
        using var folder = new TempFolder();
        var time = new ManualTime();
        var catalog = new OrchestrationCatalog().Add(Main, async (context, round) =>
        {
            List<DateTimeOffset> seen = [context.UtcNow];
            for (var i = 0; i < 3; i++)
            {
                await context.WaitForEvent<string>("go");
                seen.Add(context.UtcNow);
            }

            var due = context.UtcNow.AddSeconds(5);
            await context.CreateTimer(due);
            return seen.SequenceEqual(seen.Order()) && context.UtcNow >= due ? "forward" : "backward";
        });
        for (var i = 0; i < 3; i++)
        {
            await using var host = await EngineHost.StartAsync(catalog, folder.Path, time);
            if (i == 0) await host.Client.StartAsync(Main, "one", 0);
            time.SetBack(TimeSpan.FromHours(1));
            await host.Client.RaiseEventAsync("one", "go", "");
        }

        await using var last = await EngineHost.StartAsync(catalog, folder.Path, time);
        await Until.TrueAsync(() => last.Engine.Core.Timers.Count == 1);
        time.Advance(TimeSpan.FromHours(4));
        Assert.Equal("\"forward\"", (await last.FinishedAsync("one")).Output);
    }

    [Fact]
    public async Task Timers_take_as_long_as_asked_for_after_a_clock_that_was_a_day_ahead_is_set_right()
    {
        var time = new ManualTime();
        var catalog = new OrchestrationCatalog().Add(Main, async (context, rounds) =>
        {
            await context.WaitForEvent<string>("go");
            var begun = context.UtcNow;
            for (var i = 1; i <= rounds; i++)
            {
                var due = begun.AddSeconds(5 * i);
                await context.CreateTimer(due);
                if (context.UtcNow < due) return "early";
            }

            return $"{(context.UtcNow - begun).TotalSeconds:0}";
        });
        using var folder = new TempFolder();
        time.Advance(TimeSpan.FromDays(1));
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path, time)) await host.Client.StartAsync(Main, "one", 3);
        time.SetBack(TimeSpan.FromDays(1));
        await using (var host = await EngineHost.StartAsync(catalog, folder.Path, time))
        {
            await host.Client.RaiseEventAsync("one", "go", "");
            await Until.TrueAsync(() => host.Engine.Core.Timers.Count == 1);
        }

        // The row has to tell the same as the memory of the process before.
        await using var next = await EngineHost.StartAsync(catalog, folder.Path, time);
        for (var i = 0; i < 3; i++)
        {
            await Until.TrueAsync(() => next.Engine.Core.Timers.Count == 1);
            time.Advance(TimeSpan.FromSeconds(4));
            Assert.Equal(1, next.Engine.Core.Timers.Count);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("\"15\"", (await next.FinishedAsync("one")).Output);
    }
}

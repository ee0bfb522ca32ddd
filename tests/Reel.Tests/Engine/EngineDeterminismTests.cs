using Reel.Orchestration;

namespace Reel.Tests.Engine;

/// <summary>Code that changed under a running instance, and code that leaves its thread: both fail the instance and say why.</summary>
public sealed class EngineDeterminismTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly OrchestrationName<string, string> Child = new("Child");
    private static readonly ActivityName<string, string> Act = new("Act");
    private static readonly ActivityName<string, string> Other = new("Other");

    private static OrchestrationCatalog Catalog(Func<IOrchestrationContext, Task> run) => new OrchestrationCatalog()
        .Add(Main, async (context, _) =>
        {
            await run(context);
            await context.WaitForEvent<string>("go");
            return "done";
        })
        .Add(Child, (_, input) => Task.FromResult(input))
        .Add(Act, input => input)
        .Add(Other, input => input);

    public static readonly TheoryData<string, string, string> Changes = new()
    {
        { "act act", "act other", "in turn 1: the history holds activity 'Act' (task 2), the code now asks for activity 'Other' (task 2)." },
        { "act act", "act", "in turn 1: the history holds activity 'Act' (task 2), the code now asks for nothing." },
        { "act", "act act", "in turn 1: the history holds nothing more, the code now asks for activity 'Act' (task 2)." },
        { "act", "timer act", "in turn 0: the history holds activity 'Act' (task 1), the code now asks for a timer (task 1)." },
        { "timer", "act", "in turn 0: the history holds a timer (task 1), the code now asks for activity 'Act' (task 1)." },
        {
            "child1", "child2",
            "in turn 0: the history holds sub-orchestration 'Child' with the id 'child1' (task 1), " +
            "the code now asks for sub-orchestration 'Child' with the id 'child2' (task 1)."
        },
        { "cancel", "keep", "in turn 0: the history holds the cancelling of timer 1, the code now asks for nothing." },
        { "act", "end", "in turn 0: the history holds activity 'Act' (task 1), the code now asks for nothing." },
        { "event", "end", "in turn 0: the history goes on after it, the code now fails (over)." },
    };

    private static async Task Play(IOrchestrationContext context, string steps)
    {
        foreach (var step in steps.Split(' '))
        {
            await (step switch
            {
                "act" => context.CallAsync(Act, ""),
                "other" => context.CallAsync(Other, ""),
                "timer" => context.CreateTimer(context.UtcNow),
                "event" => context.WaitForEvent<string>("first"),
                "cancel" => Task.FromResult(CancelOne(context)),
                "keep" => Task.FromResult(KeepOne(context)),
                "end" => throw new InvalidOperationException("over"),
                _ => context.CallAsync(Child, step, ""),
            });
        }
    }

    private static bool KeepOne(IOrchestrationContext context) => context.CreateTimer(context.UtcNow.AddDays(1)) is not null;

    private static bool CancelOne(IOrchestrationContext context)
    {
        using var source = new CancellationTokenSource();
        _ = context.CreateTimer(context.UtcNow.AddDays(1), source.Token);
        source.Cancel();
        return true;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_under_a_running_instance_is_named(string before, string after, string expected)
    {
        using var folder = new TempFolder();
        await using (var host = await EngineHost.StartAsync(Catalog(context => Play(context, before)), folder.Path))
        {
            await host.Client.StartAsync(Main, "one", "");
            if (before == "event") await host.Client.RaiseEventAsync("one", "first", "");
            await Until.TrueAsync(() => Waits(host));
        }

        await using var changed = await EngineHost.StartAsync(Catalog(context => Play(context, after)), folder.Path);
        await changed.Client.RaiseEventAsync("one", "go", "");
        var instance = await changed.FinishedAsync("one");

        Assert.Equal((RuntimeStatus.Failed, $"The code does not fit the history any more, {expected}"), (instance.Status, instance.Failure));
    }

    // True when the instance is past its steps: nothing is left that would wake it.
    private static bool Waits(EngineHost host)
    {
        var left = host.Engine.Core.Reader.Read(reads => reads.Unfinished());
        return host.Engine.Core.Mailboxes.IdleAsync().IsCompleted && left.Activities.Count + left.Starting.Count + left.Messages.Count == 0
            && left.Timers.All(timer => timer.FireAt > DateTimeOffset.UtcNow.AddHours(1).UtcTicks);
    }

    [Fact]
    public async Task Changed_inputs_and_changed_case_are_no_divergence()
    {
        using var folder = new TempFolder();
        await using (var host = await EngineHost.StartAsync(Catalog(context => context.CallAsync(Act, "a")), folder.Path))
        {
            await host.Client.StartAsync(Main, "one", "");
            await Until.TrueAsync(() => Waits(host));
        }

        await using var changed = await EngineHost.StartAsync(
            Catalog(context => context.CallAsync(new ActivityName<string, string>("ACT"), "b")), folder.Path);
        await changed.Client.RaiseEventAsync("one", "go", "");
        Assert.Equal(RuntimeStatus.Completed, (await changed.FinishedAsync("one")).Status);
    }

    public static readonly TheoryData<string> Strays =
    [
        "delay", "run", "something else beside an event", "configure await", "use after configure await",
        "context on another thread", "token from elsewhere", "cancel async",
    ];

    [Theory]
    [MemberData(nameof(Strays))]
    public async Task Code_that_leaves_its_thread_fails_instead_of_hanging(string how)
    {
        var elsewhere = new TaskCompletionSource();
        using var source = new CancellationTokenSource();
        await using var host = await EngineHost.StartAsync(Catalog(context => Stray(context, how, elsewhere.Task, source.Token)));
        await host.Client.StartAsync(Main, "one", "");
        elsewhere.SetResult();
        source.Cancel();

        var instance = await host.FinishedAsync("one");
        Assert.Equal(RuntimeStatus.Failed, instance.Status);
        Assert.StartsWith("The orchestrator left its thread", instance.Failure, StringComparison.Ordinal);
    }

    private static async Task Stray(IOrchestrationContext context, string how, Task elsewhere, CancellationToken token)
    {
        switch (how)
        {
            case "delay":
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "run":
                await Task.Run(() => elsewhere, CancellationToken.None);
                break;
            case "something else beside an event":
                await Task.WhenAny(elsewhere, context.WaitForEvent<string>("never"));
                break;
            case "configure await":
                await context.CallAsync(Act, "").ConfigureAwait(false);
                break;
            case "use after configure await":
                await context.CallAsync(Act, "").ConfigureAwait(false);
                await context.CallAsync(Act, "");
                break;
            case "context on another thread":
                await Task.Run(() => context.CallAsync(Act, ""), CancellationToken.None);
                break;
            case "token from elsewhere":
                await context.CreateTimer(context.UtcNow.AddDays(1), token);
                break;
            default:
                using (var source = new CancellationTokenSource())
                {
                    var timer = context.CreateTimer(context.UtcNow.AddDays(1), source.Token);
                    await source.CancelAsync();
                    await timer;
                }

                break;
        }
    }

    [Fact]
    public async Task A_loop_that_asks_for_ever_more_fails_even_when_it_catches_everything()
    {
        await using var host = await EngineHost.StartAsync(Catalog(context =>
        {
            for (var i = 0; i < 100_010; i++)
            {
                try
                {
                    _ = context.CreateTimer(context.UtcNow);
                }
                catch (InvalidOperationException)
                {
                }
            }

            return Task.CompletedTask;
        }));
        Assert.Equal(
            "The orchestrator asked for more than 100,000 things in one turn: a loop that never awaits?",
            (await host.RunAsync(Main, "")).Failure);
    }

    [Fact]
    public async Task Yields_and_nested_async_methods_stay_in_the_turn()
    {
        await using var host = await EngineHost.StartAsync(new OrchestrationCatalog().Add(Act, input => input).Add(Main, async (context, _) =>
        {
            async Task<string> Nested(string input)
            {
                await Task.Yield();
                var result = await context.CallAsync(Act, input);
                await Task.Yield();
                return result;
            }

            return string.Concat(await Task.WhenAll(Nested("a"), Nested("b"), Nested("c")));
        }));
        Assert.Equal("\"abc\"", (await host.RunAsync(Main, "")).Output);
    }
}

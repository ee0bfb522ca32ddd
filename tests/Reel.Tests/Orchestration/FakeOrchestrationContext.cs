using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reel.Orchestration;

namespace Reel.Tests.Orchestration;

/// <summary>
/// Runs one orchestrator without an engine, in virtual time: what it calls is scripted by name, timers move the clock. One thing happens
/// at a time, in the order of its time, on a synchronization context of its own, so that waiting for a task that is not the context's
/// shows as a stuck orchestrator. Inputs, outputs and statuses pass through <see cref="OrchestrationJson"/>, as they do in an engine.
/// </summary>
public sealed class FakeOrchestrationContext(DateTimeOffset start, string instanceId = "instance") : IOrchestrationContext
{
    private static readonly TimeSpan PollingInterval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Func<string, Scripted>> scripts = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<Action, (DateTimeOffset At, int Order)> agenda = new();
    private readonly List<(string Name, string Payload)> unheard = [];
    private readonly List<(string Name, Action<string> Hear)> listeners = [];
    private readonly Turns turns = new();
    private int order;

    public string InstanceId { get; } = instanceId;

    public DateTimeOffset UtcNow { get; private set; } = start;

    public bool IsReplaying => false;

    /// <summary>How much too early timers fire; Azure Storage cuts up to a second.</summary>
    public TimeSpan TimersFireEarlyBy { get; set; }

    /// <summary>All that was called, oldest first, each run of a retried activity included.</summary>
    public List<FakeCall> Calls { get; } = [];

    /// <summary>The times that timers were asked for, oldest first, with the time of asking.</summary>
    public List<(DateTimeOffset Asked, DateTimeOffset FireAt)> Timers { get; } = [];

    /// <summary>The custom statuses, oldest first, as JSON.</summary>
    public List<string> Statuses { get; } = [];

    /// <summary>The input of the next execution, as JSON, when the orchestrator continued as new.</summary>
    public string? ContinuedWith { get; private set; }

    /// <summary>The last custom status.</summary>
    public T? Status<T>() => Statuses.Count == 0 ? default : OrchestrationJson.Read<T>(Statuses[^1]);

    /// <summary>Scripts an activity; the script throws for an activity that throws.</summary>
    /// <param name="takes">Its duration in virtual time.</param>
    public FakeOrchestrationContext On<TInput, TOutput>(
        ActivityName<TInput, TOutput> activity, Func<TInput, TOutput> script, TimeSpan takes = default) => Script(activity.Name, script, takes);

    /// <summary>Scripts a sub-orchestration; the script throws for one that fails.</summary>
    /// <param name="takes">Its duration in virtual time.</param>
    public FakeOrchestrationContext On<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, Func<TInput, TOutput> script, TimeSpan takes = default) =>
        Script(orchestration.Name, script, takes);

    /// <summary>Has an event arrive at a time, or at once when the time is past.</summary>
    public FakeOrchestrationContext RaiseAt(DateTimeOffset at, string name, object? payload = null)
    {
        Schedule(at, () => Raise(name, OrchestrationJson.Write(payload)));
        return this;
    }

    /// <summary>Runs an orchestrator to its end.</summary>
    /// <exception cref="InvalidOperationException">It waits for something that never comes.</exception>
    public TOutput Run<TInput, TOutput>(Func<IOrchestrationContext, TInput, Task<TOutput>> orchestrator, TInput input)
    {
        var run = Begin(orchestrator, input);
        while (!run.IsCompleted) Step();
        return run.GetAwaiter().GetResult();
    }

    /// <summary>Runs an orchestrator until it waits; for several that share a world, whose steps go in the order of <see cref="Next"/>.</summary>
    public Task<TOutput> Begin<TInput, TOutput>(Func<IOrchestrationContext, TInput, Task<TOutput>> orchestrator, TInput input)
    {
        Task<TOutput>? run = null;
        InTurn(() => run = orchestrator(this, OrchestrationJson.Read<TInput>(OrchestrationJson.Write(input))!));
        return run!;
    }

    /// <summary>When the next thing happens; null for never.</summary>
    public DateTimeOffset? Next => agenda.TryPeek(out _, out var when) ? (when.At > UtcNow ? when.At : UtcNow) : null;

    /// <summary>Lets the next thing happen.</summary>
    public void Step()
    {
        UtcNow = Next ?? throw new InvalidOperationException("The orchestrator waits for what never comes.");
        InTurn(agenda.Dequeue());
    }

    private void InTurn(Action happen)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        try
        {
            happen();
            turns.RunAll();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    public ILogger CreateReplaySafeLogger(string category) => NullLogger.Instance;

    public Task<TOutput> CallAsync<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null)
    {
        var result = new TaskCompletionSource<TOutput>();
        Perform(activity.Name, InstanceId, OrchestrationJson.Write(input), retry, 1, result);
        return result.Task;
    }

    public Task<TOutput> CallAsync<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input)
    {
        var result = new TaskCompletionSource<TOutput>();
        Perform(orchestration.Name, instanceId, OrchestrationJson.Write(input), null, 1, result);
        return result.Task;
    }

    public Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default)
    {
        Timers.Add((UtcNow, fireAt));
        var fired = new TaskCompletionSource();
        var early = fireAt - TimersFireEarlyBy;
        Schedule(early > UtcNow ? early : UtcNow + PollingInterval, () => fired.TrySetResult());
        cancellationToken.Register(() => fired.TrySetCanceled(cancellationToken));
        return fired.Task;
    }

    public Task<T> WaitForEvent<T>(string name)
    {
        var heard = new TaskCompletionSource<T>();
        var earlier = unheard.FindIndex(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (earlier >= 0)
        {
            heard.SetResult(OrchestrationJson.Read<T>(unheard[earlier].Payload)!);
            unheard.RemoveAt(earlier);
            return heard.Task;
        }

        listeners.Add((name, payload => heard.SetResult(OrchestrationJson.Read<T>(payload)!)));
        return heard.Task;
    }

    public void SetCustomStatus(object? status) => Statuses.Add(OrchestrationJson.Write(status));

    public void ContinueAsNew(object? input) => ContinuedWith = OrchestrationJson.Write(input);

    private FakeOrchestrationContext Script<TInput, TOutput>(string name, Func<TInput, TOutput> script, TimeSpan takes)
    {
        scripts[name] = input =>
        {
            try
            {
                return new Scripted(OrchestrationJson.Write(script(OrchestrationJson.Read<TInput>(input)!)), null, takes);
            }
            catch (Exception e)
            {
                return new Scripted(null, e.Message.Split('\n')[0], takes);
            }
        };
        return this;
    }

    private void Perform<TOutput>(
        string name, string instanceId, string input, RetryPolicy? retry, int attempt, TaskCompletionSource<TOutput> result)
    {
        if (!scripts.TryGetValue(name, out var script)) throw new InvalidOperationException($"Nothing is scripted for '{name}'.");

        Calls.Add(new FakeCall(name, instanceId, input, UtcNow));
        var scripted = script(input);
        Schedule(UtcNow + scripted.Takes, () =>
        {
            if (scripted.Failure is null) result.SetResult(OrchestrationJson.Read<TOutput>(scripted.Output)!);
            else if (attempt >= (retry?.MaxAttempts ?? 1)) result.SetException(new TaskFailedException(name, scripted.Failure));
            else Schedule(UtcNow + retry!.IntervalAfter(attempt), () => Perform(name, instanceId, input, retry, attempt + 1, result));
        });
    }

    private void Raise(string name, string payload)
    {
        var index = listeners.FindLastIndex(listener => listener.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            unheard.Add((name, payload));
            return;
        }

        var hear = listeners[index].Hear;
        listeners.RemoveAt(index);
        hear(payload);
    }

    private void Schedule(DateTimeOffset at, Action happen) => agenda.Enqueue(happen, (at, order++));

    private sealed record Scripted(string? Output, string? Failure, TimeSpan Takes);

    private sealed class Turns : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();

        public override void Post(SendOrPostCallback d, object? state) => queue.Enqueue((d, state));

        public void RunAll()
        {
            while (queue.TryDequeue(out var next)) next.Callback(next.State);
        }
    }
}

/// <summary>A call of an activity or a sub-orchestration.</summary>
/// <param name="InstanceId">The sub-orchestration's id; for an activity, the caller's.</param>
/// <param name="Input">As JSON.</param>
public sealed record FakeCall(string Name, string InstanceId, string Input, DateTimeOffset At)
{
    /// <summary>The input as it was given.</summary>
    public T InputAs<T>() => OrchestrationJson.Read<T>(Input)!;
}

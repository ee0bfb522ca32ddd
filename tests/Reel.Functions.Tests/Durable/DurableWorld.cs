using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Reel.Orchestration;
using TaskFailedException = Microsoft.DurableTask.TaskFailedException;

namespace Reel.Functions.Tests.Durable;

/// <summary>
/// The Durable extension around one orchestration function, in virtual time: a strict mock of its context whose activities are scripted by
/// name and whose timers move the clock. It holds the function to what the worker demands: the context is used on the orchestrator's thread
/// only, nothing but its tasks is awaited, and no timer or activity is left open at the end.
/// </summary>
internal sealed class DurableWorld
{
    private readonly Mock<TaskOrchestrationContext> mock = new(MockBehavior.Strict);
    private readonly PriorityQueue<Action, (DateTimeOffset At, int Order)> agenda = new();
    private readonly Turns turns = new();
    private int order;
    private int open;

    public DurableWorld(DateTimeOffset start, string instanceId)
    {
        Now = start;
        mock.Setup(c => c.InstanceId).Returns(instanceId);
        mock.Setup(c => c.CurrentUtcDateTime).Returns(() => Now.UtcDateTime);
        mock.Setup(c => c.IsReplaying).Returns(false);
        mock.Setup(c => c.CreateReplaySafeLogger(It.IsAny<string>())).Returns(NullLogger.Instance);
        mock.Setup(c => c.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).Returns(OpenTimer);
        mock.Setup(c => c.SetCustomStatus(It.IsAny<object?>())).Callback((object? status) =>
        {
            OnItsThread();
            Statuses.Add(OrchestrationJson.Write(status));
        });
    }

    /// <summary>The clock.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>What was called, oldest first.</summary>
    public List<DurableCall> Calls { get; } = [];

    /// <summary>The times that timers were asked for, oldest first.</summary>
    public List<DateTime> Timers { get; } = [];

    /// <summary>What the function returned, as JSON.</summary>
    public string? Result { get; private set; }

    /// <summary>How many timers were cancelled.</summary>
    public int CancelledTimers { get; private set; }

    /// <summary>The passes of the function, oldest first.</summary>
    public List<DurablePass> Passes { get; } = [];

    /// <summary>The custom statuses as JSON, oldest first.</summary>
    public List<string> Statuses { get; } = [];

    /// <summary>Scripts an activity; the script throws for one that throws.</summary>
    public DurableWorld On<TInput, TOutput>(ActivityName<TInput, TOutput> activity, Func<TInput, TOutput> script)
    {
        mock.Setup(c => c.CallActivityAsync<TOutput>(It.Is<TaskName>(name => name.Name == activity.Name), It.IsAny<object?>(), It.IsAny<TaskOptions?>()))
            .Returns((TaskName name, object? input, TaskOptions? options) => Perform(DurableMessage.Activity, name, input, options, script));
        return this;
    }

    /// <summary>Scripts a sub-orchestration; the script throws for one that fails.</summary>
    public DurableWorld On<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, Func<TInput, TOutput> script)
    {
        mock.Setup(c => c.CallSubOrchestratorAsync<TOutput>(
                It.Is<TaskName>(name => name.Name == orchestration.Name), It.IsAny<object?>(), It.IsAny<TaskOptions?>()))
            .Returns((TaskName name, object? input, TaskOptions? options) => Perform(DurableMessage.Child, name, input, options, script));
        return this;
    }

    /// <summary>Lets the function wait for an event, which comes at the given time or never.</summary>
    public DurableWorld Event<T>(string name, DateTimeOffset? at = null, T? payload = default)
    {
        var heard = new TaskCompletionSource<T>();
        if (at is { } time)
        {
            Schedule(time, () =>
            {
                Came(DurableMessage.Event, OrchestrationJson.Write(payload));
                heard.SetResult(payload!);
            });
        }

        // A cancelled wait would swallow the next event there: only one that cannot be cancelled is served.
        mock.Setup(c => c.WaitForExternalEvent<T>(name, CancellationToken.None)).Returns(() =>
        {
            OnItsThread();
            return heard.Task;
        });
        return this;
    }

    /// <summary>Runs an orchestration function to its end.</summary>
    /// <exception cref="InvalidOperationException">It would stay Running for ever.</exception>
    public TOutput Run<TInput, TOutput>(Func<TaskOrchestrationContext, Task<TOutput>> function, TInput input)
    {
        Came(DurableMessage.Start, OrchestrationJson.Write(input));

        // As another type it would be read by whatever names the extension's version takes.
        mock.Setup(c => c.GetInput<JsonElement>()).Returns(JsonSerializer.SerializeToElement(input, OrchestrationJson.Options));
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        try
        {
            var run = function(mock.Object);
            while (true)
            {
                turns.RunAll();
                if (run.IsCompleted) break;
                if (!agenda.TryDequeue(out var happen, out var when)) throw new InvalidOperationException("It waits for what never comes.");
                if (when.At > Now) Now = when.At;
                happen();
            }

            if (open > 0) throw new InvalidOperationException($"It returned with {open} timers or calls still open.");
            Result = OrchestrationJson.Write(run.GetAwaiter().GetResult());
            return OrchestrationJson.Read<TOutput>(Result)!;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    // Everything goes through JSON there.
    private static T Pass<T>(T value) => OrchestrationJson.Read<T>(OrchestrationJson.Write(value))!;

    private Task<TOutput> Perform<TInput, TOutput>(DurableMessage kind, TaskName name, object? input, TaskOptions? options, Func<TInput, TOutput> script)
    {
        OnItsThread();
        Calls.Add(new DurableCall(name.Name, OrchestrationJson.Write(input), options));
        Passes[^1].Asked.Add(new DurableRequest(kind, Calls[^1].Input));
        var result = new TaskCompletionSource<TOutput>();
        open++;
        Schedule(Now, () =>
        {
            open--;
            try
            {
                var output = OrchestrationJson.Write(script(Pass((TInput)input!)));
                Came(kind, output);
                result.SetResult(OrchestrationJson.Read<TOutput>(output)!);
            }
            catch (Exception exception)
            {
                Came(kind, OrchestrationJson.Write(exception.Message));
                var details = new TaskFailureDetails(exception.GetType().FullName!, exception.Message, exception.StackTrace, null, null);
                result.SetException(new TaskFailedException(name.Name, order, details));
            }
        });
        return result.Task;
    }

    private Task OpenTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        OnItsThread();
        Timers.Add(fireAt);
        Passes[^1].Asked.Add(new DurableRequest(DurableMessage.Timer, ""));
        var fired = new TaskCompletionSource();
        open++;

        // Azure Storage cuts the wait to whole seconds; the message itself takes a moment.
        var wait = new DateTimeOffset(fireAt.ToUniversalTime()) - Now;
        Schedule(Now.AddSeconds(Math.Max(0, Math.Floor(wait.TotalSeconds))).AddMilliseconds(10), () =>
        {
            if (fired.Task.IsCompleted) return;
            open--;
            Came(DurableMessage.Timer, "");
            fired.SetResult();
        });
        cancellationToken.Register(() =>
        {
            if (!fired.TrySetCanceled(cancellationToken)) return;
            open--;
            CancelledTimers++;
        });
        return fired.Task;
    }

    private void OnItsThread()
    {
        if (SynchronizationContext.Current != turns) throw new InvalidOperationException("The context is used off the orchestrator's thread.");
    }

    // Before the function hears of it, since that may be within the same call.
    private void Came(DurableMessage kind, string data) => Passes.Add(new DurablePass(kind, data, []));

    private void Schedule(DateTimeOffset at, Action happen) => agenda.Enqueue(happen, (at, order++));
}

/// <summary>A call of an activity or a sub-orchestration.</summary>
/// <param name="Input">As JSON.</param>
/// <param name="Options">As they were given.</param>
internal sealed record DurableCall(string Name, string Input, TaskOptions? Options)
{
    /// <summary>The input as it was given.</summary>
    public T InputAs<T>() => OrchestrationJson.Read<T>(Input)!;
}

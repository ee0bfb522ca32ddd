using Microsoft.Extensions.Logging;
using Reel.Local.Engine.History;
using Reel.Orchestration;

namespace Reel.Local.Engine.Turns;

/// <summary>
/// What an orchestrator sees of the engine during one replay: it notes what the code asks for and gives it tasks, which end when the
/// history, and after it the new turn, says so.
/// </summary>
internal sealed class OrchestratorContext(string instanceId, TurnPump pump, ILoggerFactory loggers) : IOrchestrationContext
{
    public const string OutsideItsThread =
        "The orchestrator left its thread: it awaited something that did not come from its context " +
        "(Task.Delay, Task.Run, CancelAsync, I/O), or used ConfigureAwait(false).";

    // As the Functions host has it: 16 KB of UTF-16.
    private const int MaxCustomStatus = 16 * 1024 / sizeof(char);
    private const int MaxActionsPerTurn = 100_000;

    private readonly Dictionary<int, OpenTask> open = [];
    private readonly EventWaits events = new();
    private List<ScheduledAction> actions = [];
    private DateTimeOffset now;
    private int lastTask;

    public string InstanceId => instanceId;

    public DateTimeOffset UtcNow
    {
        get
        {
            Check();
            return now;
        }
    }

    public bool IsReplaying { get; private set; }

    /// <summary>What the code has asked for in this turn.</summary>
    public IReadOnlyList<ScheduledAction> Actions => actions;

    /// <summary>Whether anything may still come that the code waits for.</summary>
    public bool WaitsForSomething => open.Count > 0 || events.Any;

    public IReadOnlyList<InboundEvent> UnconsumedEvents => events.Early;

    /// <summary>What the code must not survive, whatever it catches.</summary>
    public string? Fault { get; private set; }

    public bool CustomStatusChanged { get; private set; }

    public string? CustomStatus { get; private set; }

    /// <summary>The next execution's input, once the code asked for one.</summary>
    public string? NextInput { get; private set; }

    public void BeginTurn(long time, bool isReplaying)
    {
        now = new DateTimeOffset(time, TimeSpan.Zero);
        IsReplaying = isReplaying;
        CustomStatusChanged = false;
        actions = [];
    }

    /// <summary>Whether the event is one the code can still take: not a second answer, nor one to another execution.</summary>
    public bool Accepts(InboundEvent inbound) => inbound.Kind == InboundKind.EventRaised || open.ContainsKey(inbound.Task);

    /// <summary>The time, in UTC ticks, that it is on the orchestrator's clock at the least when this comes in.</summary>
    public long NotBefore(InboundEvent inbound) =>
        inbound.Kind == InboundKind.TimerFired && open.TryGetValue(inbound.Task, out var timer) ? timer.DueAt : 0;

    /// <summary>Ends the task that waits for this, which runs the code that awaits it.</summary>
    public void Apply(InboundEvent inbound)
    {
        if (inbound.Kind == InboundKind.EventRaised)
        {
            events.Raise(inbound);
        }
        else if (open.Remove(inbound.Task, out var task))
        {
            if (inbound.Kind is InboundKind.ActivityFailed or InboundKind.ChildFailed) task.Fail(inbound.Failure ?? "");
            else task.Complete(inbound.Data);
        }
    }

    public ILogger CreateReplaySafeLogger(string category) => new ReplaySafeLogger(loggers.CreateLogger(category), this);

    public Task<TOutput> CallAsync<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null)
    {
        Check();
        var json = OrchestrationJson.Write(input);
        return retry is null || retry.MaxAttempts <= 1
            ? CallOnce<TOutput>(activity.Name, json)
            : CallWithRetries<TOutput>(activity.Name, json, retry);
    }

    public Task<TOutput> CallAsync<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input)
    {
        Check();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var json = OrchestrationJson.Write(input);
        var task = Schedule(id => new ScheduledAction(new OutboundAction(ActionKind.Child, id, orchestration.Name, instanceId), json));
        return Open<TOutput>(task, orchestration.Name).Task;
    }

    public Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default)
    {
        Check();
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        var id = Schedule(id => new ScheduledAction(new OutboundAction(ActionKind.Timer, id), FireAt: fireAt.UtcTicks));
        var timer = Open<object?>(id, "timer");
        timer.DueAt = fireAt.UtcTicks;
        OnCancel(timer, () =>
        {
            if (!open.Remove(id)) return false;
            Note(new ScheduledAction(new OutboundAction(ActionKind.CancelTimer, id)));
            return true;
        }, cancellationToken);
        return timer.Task;
    }

    public Task<T> WaitForEvent<T>(string name)
    {
        Check();
        ArgumentException.ThrowIfNullOrEmpty(name);
        var wait = new OpenTask<T>(name);
        if (events.TakeEarly(name) is { } early) wait.Complete(early.Data);
        else events.Add(name, wait);
        return wait.Task;
    }

    public void SetCustomStatus(object? status)
    {
        Check();
        CustomStatus = status is null ? null : OrchestrationJson.Write(status);
        CustomStatusChanged = true;
        if (CustomStatus?.Length > MaxCustomStatus)
            Fault = $"The custom status takes {CustomStatus.Length * sizeof(char)} bytes; 16 KB is the most.";
    }

    public void ContinueAsNew(object? input)
    {
        Check();
        NextInput = OrchestrationJson.Write(input);
    }

    private Task<TOutput> CallOnce<TOutput>(string name, string json) =>
        Open<TOutput>(Schedule(id => new ScheduledAction(new OutboundAction(ActionKind.Activity, id, name), json)), name).Task;

    // Only timers and calls that are in the history: it comes out the same on every replay.
    private async Task<TOutput> CallWithRetries<TOutput>(string name, string json, RetryPolicy retry)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await CallOnce<TOutput>(name, json);
            }
            catch (TaskFailedException) when (attempt < retry.MaxAttempts)
            {
                await CreateTimer(UtcNow + retry.IntervalAfter(attempt));
            }
        }
    }

    private int Schedule(Func<int, ScheduledAction> action)
    {
        var id = ++lastTask;
        Note(action(id));
        return id;
    }

    private void Note(ScheduledAction action)
    {
        if (actions.Count >= MaxActionsPerTurn)
        {
            Fault = $"The orchestrator asked for more than {MaxActionsPerTurn:N0} things in one turn: a loop that never awaits?";
            throw new InvalidOperationException(Fault);
        }

        actions.Add(action);
    }

    private OpenTask<T> Open<T>(int id, string name)
    {
        var task = new OpenTask<T>(name);
        open.Add(id, task);
        return task;
    }

    private void OnCancel(OpenTask task, Func<bool> takeBack, CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        task.Cancellation = token.UnsafeRegister(_ =>
        {
            // A source with a timeout, or one cancelled from elsewhere, would not cancel at the same point on a replay.
            if (!pump.IsHere) pump.Stray();
            else if (takeBack()) task.Cancel(token);
        }, null);
    }

    private void Check()
    {
        if (!pump.IsHere) throw new InvalidOperationException(OutsideItsThread);
    }

    private sealed class ReplaySafeLogger(ILogger inner, OrchestratorContext context) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying) inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}

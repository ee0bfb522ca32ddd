using Reel.Local.Engine.Activities;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Store;
using Reel.Local.Engine.Timers;
using Reel.Orchestration;

namespace Reel.Local.Engine.Turns;

/// <summary>
/// A turn on its way to disk: history, status, and the work it asks for, all or nothing. An instance that is just being started comes
/// into being with its first turn.
/// </summary>
/// <param name="deliveries">What the turn took out of its mailbox: goes back there when the commit fails.</param>
/// <param name="strays">For a start, whom to tell the new instance's key.</param>
internal sealed class TurnCommit(
    EngineCore engine, InstanceState state, TurnOutcome outcome, IReadOnlyList<Delivery> deliveries, StrayReport? strays = null) : StoreCommit
{
    private readonly TaskCompletionSource? birth =
        state.Key == 0 ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    private readonly byte[]? turn = outcome.Turn?.ToJson();
    private readonly HashSet<DueTimer> goneTimers = [];
    private readonly List<DueTimer> newTimers = [];
    private readonly List<ActivityCall> newActivities = [];
    private readonly List<long> newChildren = [];
    private readonly List<(long Instance, Delivery Delivery)> messages = [];
    private bool leavesActivities;
    private bool isWritten;

    /// <summary>For a start: ends when it is durable, whether it was this one or the id had existed.</summary>
    public Task Started => birth?.Task ?? Task.CompletedTask;

    /// <summary>0 until it is known.</summary>
    public long Key { get; private set; } = state.Key;

    private bool ContinuesAsNew => outcome.NextInput is not null;

    public override void Apply(StoreWrites writes)
    {
        goneTimers.Clear();
        newTimers.Clear();
        newActivities.Clear();
        newChildren.Clear();
        messages.Clear();
        leavesActivities = false;
        isWritten = false;
        var key = state.Key;
        if (birth is not null)
        {
            var born = writes.InsertInstance(state.Id, state.Name, RuntimeStatus.Running, false, state.CreatedAt, state.Input, null);
            if (born is null) return;
            key = born.Value;
        }

        if (!WriteInstance(writes, key)) return;
        isWritten = true;
        Key = key;
        if (outcome.CustomStatusChanged) writes.SetCustomStatus(key, outcome.CustomStatus);
        if (turn is not null && !ContinuesAsNew) writes.InsertTurn(key, state.Turns.Count, turn);
        foreach (var item in outcome.Actions.Where(item => item.Action.Kind == ActionKind.Child)) InsertChild(writes, item);
        if (outcome.IsFinished) WriteEnd(writes);
        else if (ContinuesAsNew) WriteContinuation(writes);
        else WriteWork(writes);
    }

    public override void Committed()
    {
        if (isWritten)
        {
            engine.Timers.Remove(goneTimers);
            newTimers.RemoveAll(goneTimers.Contains);
            engine.Timers.Add(newTimers);
            foreach (var call in newActivities) engine.Activities.Add(call);
            foreach (var child in newChildren) engine.Mailboxes.Wake(child);
            if (leavesActivities) engine.Activities.Drop(Key);
            if (!outcome.IsFinished) engine.Cache.Put(Next());
            else engine.Finished(state, outcome);
            strays?.Born(Key);
        }

        if (birth is null)
            engine.Mailboxes.Release(Key, isWritten && ContinuesAsNew, [.. Kept]);
        else if (isWritten && ContinuesAsNew)
            engine.Mailboxes.Wake(Key);
        engine.Mailboxes.Post(messages);
        birth?.SetResult();
    }

    public override void Failed(EngineStoreException error)
    {
        if (birth is not null)
            birth.SetException(error);
        else if (error.IsAboutTheStore || outcome.Turn is null)
            engine.Mailboxes.ReleaseLater(Key, deliveries);
        else
            engine.Writer.Enqueue(new TurnCommit(engine, state, Refused(error), deliveries));
    }

    private TurnOutcome Refused(EngineStoreException error) =>
        TurnOutcome.Fail(outcome.Time, $"A turn could not be stored: {error.Message}");

    private IEnumerable<Delivery> Kept =>
        isWritten && ContinuesAsNew ? outcome.Kept.Select(kept => new Delivery(Delivery.AnyExecution, kept)) : [];

    private bool WriteInstance(StoreWrites writes, long key)
    {
        if (outcome.IsFinished) return writes.Finish(key, outcome.Time, outcome.Status, outcome.Output, outcome.Failure);
        if (outcome.NextInput is { } input) return writes.ContinueAsNew(key, outcome.Time, state.Execution + 1, input);
        if (birth is not null) return true;
        return state.Turns.Count == 0 ? writes.Begin(key, outcome.Time) : writes.GoOn(key, outcome.Time);
    }

    private void WriteWork(StoreWrites writes)
    {
        DeleteConsumed(writes);
        foreach (var (action, input, fireAt) in outcome.Actions)
        {
            if (action.Kind == ActionKind.Activity)
            {
                writes.InsertActivity(Key, state.Execution, action.Task, action.Name!, input);
                newActivities.Add(new ActivityCall(Key, state.Execution, action.Task, action.Name!, input));
            }
            else if (action.Kind == ActionKind.Timer)
            {
                var due = new DueTimer(fireAt - outcome.Lead, Key, state.Execution, action.Task);
                writes.InsertTimer(Key, state.Execution, action.Task, due.FireAt);
                newTimers.Add(due);
            }
            else if (action.Kind == ActionKind.CancelTimer && writes.DeleteTimer(Key, state.Execution, action.Task) is { } gone)
            {
                goneTimers.Add(gone);
            }
        }
    }

    // Most leave none behind, and to look for some among thousands that wait is dear.
    private void DeleteWork(StoreWrites writes)
    {
        var (timers, activities) = writes.DeleteWork(Key);
        goneTimers.UnionWith(timers);
        leavesActivities = activities > outcome.Consumed.Count(IsOfActivity);
    }

    private static bool IsOfActivity(InboundEvent inbound) => inbound.Kind is InboundKind.ActivityCompleted or InboundKind.ActivityFailed;

    private void DeleteConsumed(StoreWrites writes)
    {
        foreach (var inbound in outcome.Consumed)
        {
            if (inbound.Kind == InboundKind.TimerFired)
                writes.DeleteTimer(Key, state.Execution, inbound.Task);
            else if (IsOfActivity(inbound))
                writes.DeleteActivity(Key, state.Execution, inbound.Task);
            else
                writes.DeleteMessage(inbound.Seq);
        }

        foreach (var inbound in outcome.Ignored.Where(inbound => inbound.Seq > 0)) writes.DeleteMessage(inbound.Seq);
    }

    // Work that nobody waits for any more is dropped with the execution that asked for it; sub-orchestrations go on.
    private void WriteEnd(StoreWrites writes)
    {
        DeleteWork(writes);
        writes.DeleteMessages(Key);
        if (state.Parent is { } parent && writes.Answer(parent, outcome.Status, outcome.Output, outcome.Failure) is { } answer)
            messages.Add((parent.Instance, answer));
    }

    private void WriteContinuation(StoreWrites writes)
    {
        DeleteWork(writes);
        writes.DeleteHistory(Key);
        writes.DeleteAnswers(Key);
        DeleteConsumed(writes);
        foreach (var kept in outcome.Kept) writes.KeepMessage(Key, kept);
    }

    private void InsertChild(StoreWrites writes, ScheduledAction child)
    {
        var (id, name, parent) = (child.Action.Instance!, child.Action.Name!, new ParentTask(Key, state.Execution, child.Action.Task));
        if (writes.InsertInstance(id, name, RuntimeStatus.Pending, true, outcome.Time, child.Input, parent) is { } key)
        {
            newChildren.Add(key);
        }
        else if (!outcome.IsFinished && !ContinuesAsNew)
        {
            var refusal = new InboundEvent(InboundKind.ChildFailed, child.Action.Task, Failure: $"The instance id '{id}' is in use.");
            messages.Add((Key, writes.InsertMessage(Key, state.Execution, refusal)));
        }
    }

    private InstanceState Next()
    {
        var next = state with { Key = Key, Status = RuntimeStatus.Running, LastTime = outcome.Time };
        if (outcome.NextInput is { } input) return next with { Execution = state.Execution + 1, Input = input, Turns = [], HistoryBytes = 0 };
        state.Turns.Add(outcome.Turn!);
        return next with { HistoryBytes = state.HistoryBytes + (3 * turn!.Length) };
    }
}

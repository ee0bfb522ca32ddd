using Reel.Local.Engine.History;
using Reel.Local.Engine.Timers;
using Reel.Orchestration;

namespace Reel.Local.Engine.Store;

/// <summary>All that is ever written, as prepared statements on the writer's connection.</summary>
internal sealed class StoreWrites(StoreConnection connection)
{
    private const string NotFinished = "status < 2";

    private readonly Statement insertInstance = connection.Prepare("""
        INSERT INTO instances (id, name, status, execution, starting, created_at, updated_at, input, parent, parent_execution, parent_task)
        VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """);

    private readonly Statement find = connection.Prepare(
        "SELECT key, status, parent, parent_execution, parent_task FROM instances WHERE id = ?");

    // Each names only the columns that change: SQLite rewrites an index for every column named, changed or not.
    private readonly Statement begin = connection.Prepare(
        $"UPDATE instances SET updated_at = ?, status = 1, starting = 0 WHERE key = ? AND {NotFinished}");
    private readonly Statement goOn = connection.Prepare($"UPDATE instances SET updated_at = ? WHERE key = ? AND {NotFinished}");
    private readonly Statement setCustomStatus = connection.Prepare("UPDATE instances SET custom_status = ? WHERE key = ?");

    private readonly Statement finish = connection.Prepare(
        $"UPDATE instances SET updated_at = ?, status = ?, starting = 0, output = ?, failure = ? WHERE key = ? AND {NotFinished}");

    private readonly Statement continueAsNew = connection.Prepare(
        $"UPDATE instances SET updated_at = ?, status = 1, starting = 1, execution = ?, input = ? WHERE key = ? AND {NotFinished}");

    private readonly Statement insertTurn = connection.Prepare("INSERT INTO history (instance, turn, data) VALUES (?, ?, ?)");
    private readonly Statement insertTimer = connection.Prepare("INSERT INTO timers (instance, execution, task, fire_at) VALUES (?, ?, ?, ?)");
    private readonly Statement insertActivity = connection.Prepare(
        "INSERT INTO activities (instance, execution, task, name, input) VALUES (?, ?, ?, ?, ?)");

    private readonly Statement insertMessage = connection.Prepare(
        "INSERT INTO inbox (instance, kind, execution, task, name, data, failure) VALUES (?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement keepMessage = connection.Prepare(
        "INSERT OR REPLACE INTO inbox (seq, instance, kind, execution, task, name, data) VALUES (?, ?, ?, ?, 0, ?, ?)");

    private readonly Statement awaits = connection.Prepare($"SELECT 1 FROM instances WHERE key = ? AND execution = ? AND {NotFinished}");

    private readonly Statement deleteTimer = connection.Prepare(
        "DELETE FROM timers WHERE instance = ? AND execution = ? AND task = ? RETURNING fire_at");
    private readonly Statement deleteActivity = connection.Prepare("DELETE FROM activities WHERE instance = ? AND execution = ? AND task = ?");
    private readonly Statement deleteMessage = connection.Prepare("DELETE FROM inbox WHERE seq = ?");
    private readonly Statement deleteHistory = connection.Prepare("DELETE FROM history WHERE instance = ?");
    // The disk says which timers the queue in memory holds, so that nobody has to keep track of that elsewhere.
    private readonly Statement deleteTimers = connection.Prepare("DELETE FROM timers WHERE instance = ? RETURNING fire_at, execution, task");
    private readonly Statement deleteActivities = connection.Prepare("DELETE FROM activities WHERE instance = ?");
    private readonly Statement deleteMessages = connection.Prepare("DELETE FROM inbox WHERE instance = ?");
    private readonly Statement deleteAnswers = connection.Prepare(
        $"DELETE FROM inbox WHERE instance = ? AND kind <> {(int)InboundKind.EventRaised}");
    private readonly Statement deleteFinished = connection.Prepare("DELETE FROM instances WHERE key = ? AND status >= 2");

    /// <summary>The new instance's key, or null when the id exists.</summary>
    public long? InsertInstance(string id, string name, RuntimeStatus status, bool starting, long now, string input, ParentTask? parent) =>
        insertInstance.With(id).With(name).With((long)status).With(starting ? 1 : 0).With(now).With(now).With(input)
            .With(parent?.Instance).With((long?)parent?.Execution).With((long?)parent?.Task).Run() == 1
            ? connection.LastRowId
            : null;

    public StoredInstance? Find(string id)
    {
        if (!find.With(id).Step()) return null;
        var parent = find.LongOrNull(2) is { } key ? new ParentTask(key, find.Int(3), find.Int(4)) : null;
        var found = new StoredInstance(find.Long(0), (RuntimeStatus)find.Int(1), parent);
        find.Reset();
        return found;
    }

    /// <summary>False when the instance was ended from outside meanwhile: then the turn is not to be written.</summary>
    public bool Begin(long instance, long now) => begin.With(now).With(instance).Run() == 1;

    /// <inheritdoc cref="Begin" />
    public bool GoOn(long instance, long now) => goOn.With(now).With(instance).Run() == 1;

    /// <inheritdoc cref="Begin" />
    public bool Finish(long instance, long now, RuntimeStatus status, string? output, string? failure) =>
        finish.With(now).With((long)status).With(output).With(failure).With(instance).Run() == 1;

    /// <inheritdoc cref="Begin" />
    public bool ContinueAsNew(long instance, long now, int execution, string input) =>
        continueAsNew.With(now).With(execution).With(input).With(instance).Run() == 1;

    public void SetCustomStatus(long instance, string? json) => setCustomStatus.With(json).With(instance).Run();

    public void InsertTurn(long instance, int turn, ReadOnlySpan<byte> data) => insertTurn.With(instance).With(turn).With(data).Run();

    public void InsertTimer(long instance, int execution, int task, long fireAt) =>
        insertTimer.With(instance).With(execution).With(task).With(fireAt).Run();

    public void InsertActivity(long instance, int execution, int task, string name, string input) =>
        insertActivity.With(instance).With(execution).With(task).With(name).With(input).Run();

    /// <summary>Puts a message into the inbox and gives it its number.</summary>
    public Delivery InsertMessage(long instance, int execution, InboundEvent message)
    {
        insertMessage.With(instance).With((long)message.Kind).With(execution).With(message.Task)
            .With(message.Name).With(message.Data).With(message.Failure).Run();
        return new Delivery(execution, message with { Seq = connection.LastRowId });
    }

    /// <summary>Tells a parent how its sub-orchestration ended; null when it no longer waits.</summary>
    public Delivery? Answer(ParentTask parent, RuntimeStatus status, string? output, string? failure)
    {
        if (!awaits.With(parent.Instance).With(parent.Execution).Step()) return null;
        awaits.Reset();
        return InsertMessage(parent.Instance, parent.Execution, status == RuntimeStatus.Completed
            ? new InboundEvent(InboundKind.ChildCompleted, parent.Task, Data: output)
            : new InboundEvent(InboundKind.ChildFailed, parent.Task, Failure: failure));
    }

    /// <summary>Puts an event that an execution did not consume back under its old number.</summary>
    public void KeepMessage(long instance, InboundEvent message) => keepMessage.With(message.Seq).With(instance).With((long)message.Kind)
        .With(Delivery.AnyExecution).With(message.Name).With(message.Data).Run();

    /// <summary>Deletes a timer and says when it would have fired; null when there was none.</summary>
    public DueTimer? DeleteTimer(long instance, int execution, int task)
    {
        DueTimer? deleted = null;
        deleteTimer.With(instance).With(execution).With(task);
        while (deleteTimer.Step()) deleted = new DueTimer(deleteTimer.Long(0), instance, execution, task);
        return deleted;
    }

    public void DeleteActivity(long instance, int execution, int task) => deleteActivity.With(instance).With(execution).With(task).Run();

    public void DeleteMessage(long seq) => deleteMessage.With(seq).Run();

    /// <summary>Drops what an execution that is over has asked for.</summary>
    /// <returns>The timers among it, and how many activities.</returns>
    public (List<DueTimer> Timers, int Activities) DeleteWork(long instance)
    {
        List<DueTimer> timers = [];
        deleteTimers.With(instance);
        while (deleteTimers.Step()) timers.Add(new DueTimer(deleteTimers.Long(0), instance, deleteTimers.Int(1), deleteTimers.Int(2)));
        return (timers, deleteActivities.With(instance).Run());
    }

    public void DeleteMessages(long instance) => deleteMessages.With(instance).Run();

    /// <summary>Deletes all messages but events.</summary>
    public void DeleteAnswers(long instance) => deleteAnswers.With(instance).Run();

    public void DeleteHistory(long instance) => deleteHistory.With(instance).Run();

    /// <summary>Forgets an instance; false when it is not finished.</summary>
    public bool Purge(long instance)
    {
        if (deleteFinished.With(instance).Run() == 0) return false;
        DeleteHistory(instance);
        return true;
    }
}

/// <summary>What the writer has to know of an instance.</summary>
internal sealed record StoredInstance(long Key, RuntimeStatus Status, ParentTask? Parent)
{
    public bool IsFinished => Status >= RuntimeStatus.Completed;
}

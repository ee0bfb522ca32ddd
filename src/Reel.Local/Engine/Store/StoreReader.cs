using System.Collections.Concurrent;
using Reel.Local.Engine.Activities;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Timers;
using Reel.Orchestration;

namespace Reel.Local.Engine.Store;

/// <summary>Reads, on a small pool of read-only connections; they see what is committed and never wait for the writer.</summary>
internal sealed class StoreReader(string path) : IDisposable
{
    private const int MaxIdle = 4;
    private readonly ConcurrentBag<StoreReads> idle = [];
    private volatile bool closed;

    /// <exception cref="EngineStoreException">The file could not be read.</exception>
    public T Read<T>(Func<StoreReads, T> read)
    {
        if (closed) throw new EngineStoreException("The engine has stopped.");
        if (!idle.TryTake(out var reads)) reads = new StoreReads(path);
        var isWhole = false;
        try
        {
            var result = read(reads);
            isWhole = true;
            return result;
        }
        finally
        {
            // A read that failed may have been broken off in the middle of its statement.
            if (isWhole && idle.Count < MaxIdle && !closed) idle.Add(reads);
            else reads.Dispose();
        }
    }

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var reads)) reads.Dispose();
    }
}

/// <summary>The reads of one connection.</summary>
internal sealed class StoreReads : IDisposable
{
    private const string Columns = "id, name, status, created_at, updated_at, input, custom_status, output, failure";
    private readonly StoreConnection connection;
    private readonly Statement get;
    private readonly Statement load;
    private readonly Statement turns;
    private readonly Statement finished;

    public StoreReads(string path)
    {
        connection = StoreConnection.Open(path, readOnly: true);
        get = connection.Prepare($"SELECT {Columns} FROM instances WHERE id = ?");
        load = connection.Prepare("""
            SELECT id, name, status, execution, input, created_at, updated_at, parent, parent_execution, parent_task
            FROM instances WHERE key = ?
            """);
        turns = connection.Prepare("SELECT data FROM history WHERE instance = ? ORDER BY turn");
        finished = connection.Prepare("SELECT key FROM instances WHERE key > ? AND status >= 2 AND created_at < ? ORDER BY key LIMIT ?");
    }

    public OrchestrationInstance? Get(string id)
    {
        using var rows = new Rows(get.With(id));
        return rows.Next() ? Instance(get) : null;
    }

    /// <summary>An instance with its history; the history of a finished one is not read.</summary>
    public InstanceState? Load(long instance)
    {
        InstanceState state;
        using (var rows = new Rows(load.With(instance)))
        {
            if (!rows.Next()) return null;
            var parent = load.LongOrNull(7) is { } key ? new ParentTask(key, load.Int(8), load.Int(9)) : null;
            state = new InstanceState(
                instance, load.Text(0), load.Text(1), (RuntimeStatus)load.Int(2), load.Int(3), load.Text(4),
                load.Long(5), load.Long(6), parent);
        }

        if (state.IsFinished) return state;
        var bytes = 0L;
        using (var rows = new Rows(turns.With(instance)))
        {
            while (rows.Next())
            {
                var data = turns.Blob(0);
                bytes += 3 * data.Length;
                state.Turns.Add(Turn.FromJson(data));
            }
        }

        return state with { HistoryBytes = bytes };
    }

    /// <summary>One page in ordinal order of the ids, and one more instance when there is one.</summary>
    public List<OrchestrationInstance> List(OrchestrationQuery query, string? after, int limit)
    {
        var listings = Listing.Of(query, after);
        if (listings is [var only]) return List(only, limit);
        return [.. listings
            .SelectMany(listing => List(listing, limit))
            .DistinctBy(instance => instance.InstanceId)
            .OrderBy(instance => instance.InstanceId, StringComparer.Ordinal)
            .Take(limit)];
    }

    /// <summary>Keys of the finished instances that were created before a time (UTC ticks), upwards from a key.</summary>
    public List<long> Finished(long afterKey, long before, int limit)
    {
        List<long> keys = [];
        using var rows = new Rows(finished.With(afterKey).With(before).With(limit));
        while (rows.Next()) keys.Add(finished.Long(0));
        return keys;
    }

    /// <summary>All that is under way, for the start: what fires, what runs, what waits to be seen, and who has not had a first turn.</summary>
    public Unfinished Unfinished()
    {
        Unfinished unfinished = new([], [], [], []);
        using var timers = connection.PrepareOnce("SELECT instance, execution, task, fire_at FROM timers");
        while (timers.Step()) unfinished.Timers.Add(new DueTimer(timers.Long(3), timers.Long(0), timers.Int(1), timers.Int(2)));
        using var activities = connection.PrepareOnce("SELECT instance, execution, task, name, input FROM activities ORDER BY instance, task");
        while (activities.Step())
            unfinished.Activities.Add(new(activities.Long(0), activities.Int(1), activities.Int(2), activities.Text(3), activities.Text(4)));
        using var inbox = connection.PrepareOnce("SELECT seq, instance, kind, execution, task, name, data, failure FROM inbox ORDER BY seq");
        while (inbox.Step())
        {
            var message = new InboundEvent(
                (InboundKind)inbox.Int(2), inbox.Int(4), inbox.TextOrNull(5), inbox.TextOrNull(6), inbox.TextOrNull(7), inbox.Long(0));
            unfinished.Messages.Add((inbox.Long(1), new Delivery(inbox.Int(3), message)));
        }

        using var starting = connection.PrepareOnce("SELECT key FROM instances WHERE starting = 1");
        while (starting.Step()) unfinished.Starting.Add(starting.Long(0));
        return unfinished;
    }

    public void Dispose() => connection.Dispose();

    private List<OrchestrationInstance> List(Listing listing, int limit)
    {
        using var list = connection.PrepareOnce(listing.Select(Columns));
        foreach (var value in listing.Values) list.With(value);
        list.With(limit);
        List<OrchestrationInstance> page = [];
        while (list.Step()) page.Add(Instance(list));
        return page;
    }

    private static OrchestrationInstance Instance(Statement row) => new(
        row.Text(0), row.Text(1), (RuntimeStatus)row.Int(2), Time(row.Long(3)), Time(row.Long(4)),
        row.TextOrNull(5), row.TextOrNull(6), row.TextOrNull(7), row.TextOrNull(8));

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>The rows of a kept statement; it is reset at the end, or its read transaction would hold up the log's checkpoints.</summary>
    private readonly ref struct Rows(Statement statement)
    {
        public bool Next() => statement.Step();

        public void Dispose() => statement.Reset();
    }
}

/// <summary>What a start has to take up again.</summary>
internal sealed record Unfinished(
    List<DueTimer> Timers, List<ActivityCall> Activities, List<(long Instance, Delivery Delivery)> Messages, List<long> Starting);

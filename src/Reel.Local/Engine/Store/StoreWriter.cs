using Microsoft.Extensions.Logging;

namespace Reel.Local.Engine.Store;

/// <summary>
/// The one writer: a thread that takes all commits that wait and makes them one transaction, so that a flush to disk is paid once for
/// many. When the store as a whole fails, every commit of the transaction fails; when a single commit is at fault, the others are made
/// without it. A file that turns out to be damaged is not written to any more: that could spoil what is still whole in it.
/// </summary>
internal sealed partial class StoreWriter : IDisposable
{
    private const int MaxCommitsPerTransaction = 4_096;

    private readonly StoreConnection connection;
    private readonly StoreWrites writes;
    private readonly EngineFaults faults;
    private readonly ILogger logger;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Thread thread;
    private readonly object gate = new();
    private List<StoreCommit> waiting = [];
    private bool closing;
    private string? failing;
    private EngineStoreException? damaged;

    public StoreWriter(string path, EngineFaults faults, ILogger logger)
    {
        this.faults = faults;
        this.logger = logger;
        StoreFile.MakeIfMissing(path);
        connection = StoreConnection.Open(path, readOnly: false);
        try
        {
            Schema.Check(connection);
            connection.Execute("PRAGMA synchronous = FULL");
            // On macOS a flush without it stops at the drive's cache. Elsewhere it changes nothing.
            connection.Execute("PRAGMA fullfsync = ON");
            connection.Execute("PRAGMA cache_size = -16384");
            connection.Execute("PRAGMA wal_autocheckpoint = 4000");
            Schema.Complete(connection);
            begin = connection.Prepare("BEGIN IMMEDIATE");
            commit = connection.Prepare("COMMIT");
            writes = new StoreWrites(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        thread = new Thread(Run) { Name = "Reel engine writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Writes and returns when it is on disk.</summary>
    /// <exception cref="EngineStoreException">It was not written.</exception>
    public Task<T> WriteAsync<T>(Func<StoreWrites, T> apply, Action<T>? committed = null)
    {
        var awaited = new AwaitedCommit<T>(apply, committed);
        Enqueue(awaited);
        return awaited.Completion;
    }

    public void Enqueue(StoreCommit item)
    {
        lock (gate)
        {
            if (!closing)
            {
                waiting.Add(item);
                if (waiting.Count == 1) Monitor.Pulse(gate);
                return;
            }
        }

        item.Failed(new EngineStoreException("The engine has stopped."));
    }

    /// <summary>Writes what waits, then closes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closing = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        connection.Dispose();
    }

    private void Run()
    {
        List<StoreCommit> batch = [];
        while (TakeAll(ref batch))
        {
            foreach (var transaction in batch.Chunk(faults.MaxCommitsPerTransaction ?? MaxCommitsPerTransaction)) Write(transaction);
            batch.Clear();
        }
    }

    private bool TakeAll(ref List<StoreCommit> batch)
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !closing) Monitor.Wait(gate);
            (batch, waiting) = (waiting, batch);
            return batch.Count > 0;
        }
    }

    private void Write(StoreCommit[] batch)
    {
        var error = Try(batch);
        if (error is null)
        {
            foreach (var item in batch) item.Committed();
        }
        else if (batch.Length > 1 && !error.IsAboutTheStore)
        {
            foreach (var item in batch) Write([item]);
        }
        else
        {
            foreach (var item in batch) item.Failed(error);
        }
    }

    private EngineStoreException? Try(StoreCommit[] batch)
    {
        if (damaged is not null) return damaged;
        try
        {
            faults.BeforeBegin?.Invoke(connection);
            begin.Run();
            foreach (var item in batch) item.Apply(writes);
            faults.BeforeCommit?.Invoke();
            commit.Run();
            faults.AfterCommit?.Invoke();
            if (failing is not null) LogRecovered(connection.Path);
            failing = null;
            return null;
        }
        catch (Exception exception)
        {
            var error = exception as EngineStoreException
                ?? new EngineStoreException($"A write failed: {exception.Message}", isAboutTheStore: exception is OutOfMemoryException);
            // The path and SQLite's own text: no payload can be in them.
            if (failing != error.Message) LogFailing(batch.Length, error.Message);
            failing = error.Message;
            RollBack();
            if (!error.MayPass)
            {
                damaged = error;
                LogDamaged(connection.Path);
            }

            return error;
        }
    }

    private void RollBack()
    {
        connection.Reset();
        try
        {
            if (connection.InTransaction) connection.Execute("ROLLBACK");
        }
        catch (EngineStoreException)
        {
            // Then SQLite has rolled back by itself; the next BEGIN shows whether the file is usable.
        }
    }

    [LoggerMessage(LogLevel.Error, "{Commits} commits could not be written and will be tried again or were refused: {Reason}")]
    private partial void LogFailing(int commits, string reason);

    [LoggerMessage(LogLevel.Critical, "Nothing more is written to {Path}, and no request is accepted, until it is mended and Reel is started again")]
    private partial void LogDamaged(string path);

    [LoggerMessage(LogLevel.Information, "Writing to {Path} works again")]
    private partial void LogRecovered(string path);
}

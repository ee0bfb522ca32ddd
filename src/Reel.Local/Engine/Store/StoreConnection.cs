using SQLitePCL;

namespace Reel.Local.Engine.Store;

/// <summary>
/// One connection to the engine's file, used by one thread at a time. It stands directly on SQLite's own API: the writer runs a handful of
/// prepared statements very often, which is what ADO.NET's commands, parameters and readers are an extra layer for, and there is one package less.
/// </summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly sqlite3 database;
    private readonly List<Statement> statements = [];

    static StoreConnection()
    {
        Batteries_V2.Init();

        // Nobody asks how much memory it uses, and each allocation takes a lock to count it: without that, turns cost the writer less.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private StoreConnection(string path, sqlite3 database)
    {
        Path = path;
        this.database = database;
    }

    public string Path { get; }

    public bool InTransaction => raw.sqlite3_get_autocommit(database) == 0;

    public long LastRowId => raw.sqlite3_last_insert_rowid(database);

    public int Changes => raw.sqlite3_changes(database);

    public static StoreConnection Open(string path, bool readOnly)
    {
        var mode = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var code = raw.sqlite3_open_v2(path, out var database, mode | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new StoreConnection(path, database);
        try
        {
            connection.Check(code);
            connection.Check(raw.sqlite3_busy_timeout(database, 5_000));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Execute(string sql)
    {
        using var statement = PrepareOnce(sql);
        while (statement.Step())
        {
        }
    }

    public void ExecuteScript(string sql) => Check(raw.sqlite3_exec(database, sql));

    public long Scalar(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    /// <summary>A statement to be used again and again; it goes with the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = PrepareOnce(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>A statement that its user disposes of.</summary>
    public Statement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v2(database, sql, out var handle));
        return new Statement(this, handle);
    }

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    public EngineStoreException Error(int code)
    {
        var text = raw.sqlite3_errmsg(database).utf8_to_string();
        var extended = raw.sqlite3_extended_errcode(database);
        return (code & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(Path, text),
            raw.SQLITE_FULL => new EngineStoreException($"The disk is full: the engine's file '{Path}' cannot grow. Make room, and it goes on by itself.")
            {
                Cause = "the disk is full",
            },
            raw.SQLITE_READONLY => new EngineStoreException($"The engine's file '{Path}' cannot be written to: {text} (SQLite error {extended}).")
            {
                Cause = "the disk or the data folder is read-only",
            },
            // A transaction whose flush failed is undone here, yet a process that is killed now may leave it to the next one.
            raw.SQLITE_IOERR => new EngineStoreException(
                $"The disk fails under the engine's file '{Path}', or lets it grow no further: {text} (SQLite error {extended}).",
                mayHaveHappened: extended is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC)
            {
                Cause = "the disk fails, or lets its file grow no further",
            },
            // The values were at fault. What else is wrong, a mistake in here included, would be so for every instance: that none fails
            // of it for good, it is tried again.
            raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH =>
                new EngineStoreException($"The engine's file '{Path}' refused a write: {text} (SQLite error {code}).", isAboutTheStore: false),
            _ => new EngineStoreException($"The engine's file '{Path}' cannot be used: {text} (SQLite error {code})."),
        };
    }

    /// <summary>Makes the kept statements ready for their next use, wherever the last one was broken off.</summary>
    public void Reset() => statements.ForEach(statement => statement.Reset());

    /// <summary>What to tell about a damaged file.</summary>
    public static EngineStoreException Damaged(string path, string text) => new(
        $"The engine's file '{path}' is damaged: {text}. It was left as it is. Stop Reel; then restore the file from a backup, or move it away "
        + "together with its -wal and -shm to begin with an empty one.")
    {
        Cause = "its file is damaged",
        MayPass = false,
    };

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        raw.sqlite3_close_v2(database);
    }
}

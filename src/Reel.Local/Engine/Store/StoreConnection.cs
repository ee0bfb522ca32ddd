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

    static StoreConnection() => Batteries_V2.Init();

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
        return (code & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new EngineStoreException(Damaged(Path, text)),
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
    public static string Damaged(string path, string text) =>
        $"The engine's file '{path}' is damaged: {text}. It was left as it is. " +
        "Restore it from a backup, or move it away to begin with an empty one.";

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        raw.sqlite3_close_v2(database);
    }
}

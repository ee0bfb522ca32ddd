namespace Reel.Local.Engine.Store;

/// <summary>The engine's file. All times are UTC ticks; a change here needs a step from each version before it.</summary>
internal static class Schema
{
    private const int Version = 1;

    // "Reel" in ASCII: tells the file from any other SQLite database.
    private const int ApplicationId = 0x5265656C;

    // Reading through so much takes about a second. In a larger file, damage shows when the spot is read.
    private const long MostToCheck = 256 * 1024 * 1024;

    private const string Tables = """
        CREATE TABLE instances (
            key INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that nothing late reaches another instance
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            status INTEGER NOT NULL,
            execution INTEGER NOT NULL, -- counts up with each continue-as-new
            starting INTEGER NOT NULL, -- 1 until the execution's first turn is committed
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            parent INTEGER,
            parent_execution INTEGER,
            parent_task INTEGER,
            custom_status TEXT,
            output TEXT,
            failure TEXT,
            input TEXT
        );
        CREATE INDEX instances_listing ON instances (id, status, created_at);
        CREATE INDEX instances_starting ON instances (starting) WHERE starting = 1;
        CREATE TABLE history (
            instance INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (instance, turn)
        ) WITHOUT ROWID;
        CREATE TABLE inbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: events kept over a continue-as-new come back under their old number
            instance INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            execution INTEGER NOT NULL,
            task INTEGER NOT NULL,
            name TEXT,
            data TEXT,
            failure TEXT
        );
        CREATE INDEX inbox_instance ON inbox (instance);
        CREATE TABLE timers (
            instance INTEGER NOT NULL,
            execution INTEGER NOT NULL,
            task INTEGER NOT NULL,
            fire_at INTEGER NOT NULL,
            PRIMARY KEY (instance, execution, task)
        ) WITHOUT ROWID;
        CREATE TABLE activities (
            instance INTEGER NOT NULL,
            execution INTEGER NOT NULL,
            task INTEGER NOT NULL,
            name TEXT NOT NULL,
            input TEXT NOT NULL,
            PRIMARY KEY (instance, execution, task)
        ) WITHOUT ROWID;
        """;

    // What lists are looked up in beside their order. Made wherever they are missing: a program that does not know them keeps them all the same, so
    // they are no other version. What of a custom status comes before its first comma is one of a few texts. Time and status are in them so that
    // what is passed over for them is not read.
    private const string Lookups = $"""
        DROP INDEX IF EXISTS instances_head; -- the next without the time
        CREATE INDEX IF NOT EXISTS instances_heads ON instances ({StatusHead}, id, created_at);
        CREATE INDEX IF NOT EXISTS instances_models ON instances ({InputModel}, id, status, created_at);
        CREATE INDEX IF NOT EXISTS instances_model_heads ON instances ({InputModel}, {StatusHead}, id, created_at);
        CREATE INDEX IF NOT EXISTS instances_open ON instances (id) WHERE status < 2;
        CREATE INDEX IF NOT EXISTS instances_broken ON instances (id) WHERE status >= 3;
        """;

    /// <summary>The expression for <see cref="Reel.Orchestration.OrchestrationQuery.StatusHead"/>; an index is used for just these words.</summary>
    public const string StatusHead = "substr(custom_status, 1, instr(custom_status, ','))";

    /// <summary>Likewise for <see cref="Reel.Orchestration.OrchestrationQuery.InputModel"/>. An input always is JSON.</summary>
    public const string InputModel = "json_extract(input, '$.model')";

    /// <summary>Makes an empty file the engine's.</summary>
    /// <exception cref="EngineStoreException">The file cannot be written, or is on a disk that will not do.</exception>
    public static void Create(StoreConnection connection)
    {
        using (var journal = connection.PrepareOnce("PRAGMA journal_mode = WAL"))
        {
            if (!journal.Step() || journal.Text(0) != "wal")
                throw new EngineStoreException(
                    $"'{connection.Path}' cannot have a write-ahead log, as on a network folder: the data folder has to be on a disk of this machine.");
        }

        connection.ExecuteScript($"BEGIN; {Tables} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}; COMMIT;");
    }

    /// <summary>Sees that the file is the engine's, and whole.</summary>
    /// <exception cref="EngineStoreException">The file is damaged, another program's, or written by a newer version.</exception>
    public static void Check(StoreConnection connection)
    {
        var path = connection.Path;
        var (application, version) = (connection.Scalar("PRAGMA application_id"), connection.Scalar("PRAGMA user_version"));
        if (application == 0 && version == 0 && connection.Scalar("SELECT count(*) FROM sqlite_master") == 0)
        {
            throw StoreConnection.Damaged(path, "it is empty");
        }
        else if (application != ApplicationId)
        {
            throw new EngineStoreException($"'{path}' is another program's SQLite database, not the engine's. It was left as it is.");
        }
        else if (version != Version)
        {
            throw new EngineStoreException(
                $"'{path}' has schema version {version}; this program knows {Version}. Use the program that wrote it.");
        }
        else if (new FileInfo(path).Length <= MostToCheck)
        {
            using var check = connection.PrepareOnce("PRAGMA quick_check(1)");
            if (check.Step() && check.Text(0) is var found && found != "ok")
                throw StoreConnection.Damaged(path, found);
        }
    }

    /// <summary>Adds what a file of an earlier program lacks; its content stays as it is.</summary>
    public static void Complete(StoreConnection connection) => connection.ExecuteScript($"BEGIN; {Lookups} COMMIT;");
}

namespace Reel.Local.Engine.Store;

/// <summary>The making of the engine's file: it is under its name whole or not at all, so that an empty one is always a damaged one.</summary>
internal static class StoreFile
{
    /// <summary>Makes the file, unless it exists.</summary>
    /// <exception cref="EngineStoreException">It cannot be made; or it is empty, or only its write-ahead log is there: SQLite would wipe that out.</exception>
    public static void MakeIfMissing(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: var length })
        {
            if (length == 0) throw StoreConnection.Damaged(path, "it is empty");
            return;
        }

        var log = new FileInfo(path + "-wal");
        if (log is { Exists: true, Length: > 0 })
        {
            throw new EngineStoreException(
                $"'{path}' is missing, and its write-ahead log '{log.FullName}' is there, with requests in it. " +
                "Put the file back, or move the log away as well to begin with an empty one.");
        }

        var next = path + ".new";
        try
        {
            // What an earlier try left behind.
            foreach (var left in (string[])[next, next + "-wal", next + "-shm"]) File.Delete(left);
            using (var connection = StoreConnection.Open(next, readOnly: false))
            {
                Schema.Create(connection);
                connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }

            File.Move(next, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineStoreException($"The engine's file '{path}' cannot be made: {error.Message}", error);
        }
    }
}

using SQLitePCL;

namespace Reel.Local.Engine.Store;

/// <summary>
/// A prepared statement. Values are bound in order with <c>With</c>; running or resetting it makes it ready for the next use.
/// </summary>
internal sealed class Statement(StoreConnection connection, sqlite3_stmt handle) : IDisposable
{
    private int bound;

    public Statement With(long value) => Bound(raw.sqlite3_bind_int64(handle, ++bound, value));

    public Statement With(long? value) => value is { } number ? With(number) : WithNull();

    public Statement With(string? value) => value is null ? WithNull() : Bound(raw.sqlite3_bind_text(handle, ++bound, value));

    public Statement With(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_blob(handle, ++bound, value));

    /// <summary>Moves to the next row; false, and ready for the next use, when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }

        throw Failed(code);
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>How many rows it inserted, updated or deleted.</returns>
    public int Run()
    {
        while (Step())
        {
        }

        return connection.Changes;
    }

    public void Reset()
    {
        bound = 0;
        // It repeats the error of the last step, which was thrown already.
        _ = raw.sqlite3_reset(handle);
    }

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public long? LongOrNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Long(column);

    public int Int(int column) => raw.sqlite3_column_int(handle, column);

    public string Text(int column) => TextOrNull(column) ?? "";

    public string? TextOrNull(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(handle, column).utf8_to_string();

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();

    private Statement WithNull() => Bound(raw.sqlite3_bind_null(handle, ++bound));

    private Statement Bound(int code) => code == raw.SQLITE_OK ? this : throw Failed(code);

    // A failure is of this use; the next begins with its first value.
    private EngineStoreException Failed(int code)
    {
        var error = connection.Error(code);
        Reset();
        return error;
    }
}

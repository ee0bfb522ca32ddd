namespace Reel.Local.Engine.Store;

/// <summary>Keeps a data folder to one process: two engines on one file would each run everything.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <exception cref="EngineStoreException">Another process has the folder, or it cannot be written to.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "engine.lock");
        try
        {
            Directory.CreateDirectory(folder);
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        // The sharing violation: EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
        catch (IOException error) when (error.HResult is 11 or 35 or unchecked((int)0x80070020))
        {
            throw new EngineStoreException(
                $"The data folder '{folder}' is in use: another process holds '{path}'. Stop it, or choose another folder. ({error.Message})",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineStoreException($"The data folder '{folder}' cannot be written to: {error.Message}", error);
        }
    }

    // The file stays: deleting it could take away the lock that another process has just taken on it.
    public void Dispose() => file.Dispose();
}

namespace Reel.Local.Azurite;

/// <summary>A lock between processes. It goes with the process that holds it, however that ends.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock, or null when another process holds it.</summary>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException or DriveNotFoundException))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    public static async Task<FileStream> TakeAsync(string file, Action waiting, CancellationToken cancellationToken)
    {
        if (TryTake(file) is { } taken) return taken;
        waiting();
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            if (TryTake(file) is { } later) return later;
        }
    }
}

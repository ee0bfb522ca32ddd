namespace Reel.Local.Azurite;

/// <summary>A lock between processes, on a file that stays. It goes with the process that holds it, however that ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock, or null when another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be made, for want of room or anything else that waiting does not mend.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsHeld(e.HResult))
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

    // Windows' sharing violation; elsewhere the EWOULDBLOCK of flock, which each system numbers for itself.
    private static bool IsHeld(int code) =>
        code == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsLinux() ? 11 : 35);
}

namespace Reel.Local.Serve;

/// <summary>The folder that keeps everything of a desk.</summary>
internal static class DataFolder
{
    /// <summary>
    /// Creates it if need be, for the owner alone (it holds prompts, videos and a signing secret), and keeps it for this process until disposed: two
    /// engines or two Azurites in one folder would ruin it.
    /// </summary>
    /// <exception cref="StartException">It cannot be written, or another process has it.</exception>
    public static IDisposable Open(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            return new FileStream(Path.Combine(folder, "reel.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsInUse(exception))
        {
            throw new StartException($"Another Reel is running on the data folder {folder}. Stop it, or choose another folder with --data.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder {folder} cannot be written: {exception.Message} Choose another with --data.", exception);
        }
    }

    // EWOULDBLOCK of flock, and Windows' sharing violation.
    private static bool IsInUse(IOException exception) => exception.HResult is 11 or unchecked((int)0x80070020);
}

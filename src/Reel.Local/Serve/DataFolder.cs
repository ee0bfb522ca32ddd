using Reel.Local.Azurite;

namespace Reel.Local.Serve;

/// <summary>The folder that keeps everything of a desk.</summary>
internal static class DataFolder
{
    /// <summary>
    /// Creates it if need be, for the owner alone (it holds prompts, videos and a signing secret), and keeps it for this process until disposed: two
    /// engines or two Azurites in one folder would ruin it.
    /// </summary>
    /// <exception cref="StartException">It cannot be written, or another process has it.</exception>
    public static IDisposable Open(string folder) => Guard(folder, () =>
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        return FileLock.TryTake(Path.Combine(folder, "reel.lock"))
            ?? throw new StartException($"Another Reel is running on the data folder {folder}. Stop it, or choose another folder with --data.");
    });

    /// <summary>The text of a file of the folder, trimmed; null when there is none, or nothing in it.</summary>
    /// <exception cref="StartException">It cannot be read.</exception>
    public static string? Read(string folder, string name) => Guard(folder, () =>
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : null;
    });

    /// <summary>Writes a file of the folder, for the owner alone; whatever happens, it is there whole or not at all.</summary>
    /// <exception cref="StartException">It cannot be written.</exception>
    public static void Write(string folder, string name, string text) => Guard(folder, () =>
    {
        var file = Path.Combine(folder, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(file + ".new", options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".new", file, overwrite: true);
        return file;
    });

    /// <summary>A path as one would type it: relative where it is below the current folder.</summary>
    public static string Show(string path) =>
        Path.GetRelativePath(".", path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;

    private static T Guard<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        // .NET takes a file that may not grow (EFBIG) for a wrong argument.
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new StartException($"The data folder {folder} cannot be used: {exception.Message.TrimEnd('.')}. Choose another with --data.", exception);
        }
    }
}

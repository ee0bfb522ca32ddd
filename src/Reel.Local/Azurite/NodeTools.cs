namespace Reel.Local.Azurite;

/// <summary>Where Node's programs are.</summary>
internal static class NodeTools
{
    public static string Node => Find("node");

    public static string Npm => Find("npm");

    /// <summary>The program's full path.</summary>
    /// <exception cref="NodeMissingException">It is not on the PATH.</exception>
    public static string Find(string tool, string? path = null)
    {
        // On Windows npm is a script: without its extension and full path it would not be found.
        string[] names = OperatingSystem.IsWindows() ? [tool + ".exe", tool + ".cmd"] : [tool];
        var folders = (path ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new NodeMissingException(tool);
    }
}

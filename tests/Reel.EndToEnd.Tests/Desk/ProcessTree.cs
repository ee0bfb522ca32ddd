using System.Globalization;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>The children of a process, as Linux lists them.</summary>
internal static class ProcessTree
{
    /// <summary>The ids of a process's children.</summary>
    public static IReadOnlyList<int> ChildrenOf(int id) => [.. Directory.EnumerateDirectories($"/proc/{id}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];

    /// <summary>Whether a process runs; one that ended and is not yet waited for does not.</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            // "pid (name) state …", and a name may hold anything.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception exception) when (exception is IOException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The processes that were started with these words among their arguments.</summary>
    public static IReadOnlyList<int> StartedWith(string words) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id != 0 && CommandLineOf(id).Contains(words, StringComparison.Ordinal))];

    /// <summary>The most memory that a process ever had, in bytes.</summary>
    public static long PeakMemory(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    // Empty for one that has ended; its arguments are separated by zeros.
    private static string CommandLineOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

using System.Globalization;

namespace Reel.Benchmarks.Processes;

/// <summary>What Linux says about a process under /proc; NaN for one that is gone, and on other systems.</summary>
internal static class ProcFiles
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>The memory it has in RAM, shared pages in full; MiB.</summary>
    public static double Rss(int id) => Entry($"/proc/{id}/status", "VmRSS:");

    /// <summary>The most of that so far; MiB.</summary>
    public static double PeakRss(int id) => Entry($"/proc/{id}/status", "VmHWM:");

    /// <summary>Lets this process's <see cref="PeakRss"/> begin anew.</summary>
    public static void ForgetPeakRss()
    {
        const string Switch = "/proc/self/clear_refs";
        if (File.Exists(Switch)) File.WriteAllText(Switch, "5");
    }

    /// <summary>The memory it has in RAM, its share of shared pages; MiB.</summary>
    public static double Pss(int id) => Entry($"/proc/{id}/smaps_rollup", "Pss:");

    /// <summary>The processor time it has used so far; seconds.</summary>
    public static double Cpu(int id)
    {
        var stat = Lines($"/proc/{id}/stat").FirstOrDefault();
        if (stat is null) return double.NaN;

        // The name in brackets may hold blanks; after it come the state (3) and so on, with user time as 14 and system time as 15.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    private static double Entry(string file, string name)
    {
        var line = Lines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? double.NaN : Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Reel.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>How many processes wanted a core over the last minute; null where the system does not say.</summary>
    public static double? Load =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>In a line.</summary>
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores, {MemoryMiB:#,0} MiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    public static JsonObject ToJson() => new()
    {
        ["cores"] = Environment.ProcessorCount,
        ["memory_mib"] = MemoryMiB,
        ["system"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
    };

    private static long MemoryMiB => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
}

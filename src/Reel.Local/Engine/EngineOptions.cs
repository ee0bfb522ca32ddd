using System.ComponentModel.DataAnnotations;

namespace Reel.Local.Engine;

/// <summary>The embedded engine's settings.</summary>
public sealed class EngineOptions
{
    /// <summary>Where the engine keeps its file and its lock; made when missing. One process at a time.</summary>
    [Required]
    public string DataFolder { get; set; } = ".reel";

    /// <summary>How many activities run at once, over all names; 1 or more.</summary>
    [Range(1, int.MaxValue)]
    public int MaxConcurrentActivities { get; set; } = 256;

    /// <summary>How many activities of a name run at once, where that is fewer; names ignore case.</summary>
    public Dictionary<string, int> MaxConcurrentByActivity { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many orchestrators are in a turn at once; turns only compute, so more than there are cores gains nothing.</summary>
    [Range(1, 1_024)]
    public int MaxConcurrentTurns { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// Bytes of memory, about, for the histories of active instances; the others are read from the file when needed. Enough for 10,000 requests that
    /// are rendered, of about 8 KiB each: when all of them are checked in turn, one too few means that each has to be read.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long HistoryCacheBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>How long a stop waits for cancelled activities to end; what has not ended runs again after the next start.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The engine's file.</summary>
    internal string File => Path.Combine(DataFolder, "engine.db");

    internal EngineFaults Faults { get; } = new();
}

using System.ComponentModel.DataAnnotations;

namespace Reel.Batches;

/// <summary>Settings under <c>Batches</c>.</summary>
public sealed class BatchOptions
{
    /// <summary>How many requests of one batch are under way at once, at the most; 1 to 250. A batch can ask for fewer.</summary>
    [Range(1, 250)]
    public int Concurrency { get; set; } = 50;
}

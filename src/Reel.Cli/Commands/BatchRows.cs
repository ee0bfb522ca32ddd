using Reel.Cli.Generating;
using Reel.Client;

namespace Reel.Cli.Commands;

/// <summary>Batches as rows of text.</summary>
internal static class BatchRows
{
    /// <summary>The headings of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["ID", "CREATED", "STATUS", "REQUESTS", "COMPLETED", "FAILED", "COST"];

    /// <summary>A batch in a list.</summary>
    public static IReadOnlyList<string?> Row(ReelBatch batch) =>
        [batch.BatchId, Times.Show(batch.CreatedAt), batch.Status, $"{batch.Counts.Total}", $"{batch.Counts.Completed}", $"{batch.Counts.Failed}", Prices.Show(batch.Cost)];

    /// <summary>All that is to be known about one, field by field; what does not apply is left out.</summary>
    public static IEnumerable<IReadOnlyList<string?>> Of(ReelBatch batch) => new (string Name, string? Value)[]
    {
        ("id", batch.BatchId),
        ("status", batch.Status),
        ("requests", $"{batch.Counts.Total}"),
        ("queued", $"{batch.Counts.Queued}"),
        ("in_flight", $"{batch.Counts.InFlight}"),
        ("completed", $"{batch.Counts.Completed}"),
        ("failed", $"{batch.Counts.Failed}"),
        ("error_codes", string.Join(", ", (batch.ErrorCodes ?? new Dictionary<string, int>()).Select(one => $"{one.Value} {one.Key}"))),
        ("concurrency", $"{batch.Concurrency}"),
        ("cost", Prices.Show(batch.Cost)),
        ("created", Times.Show(batch.CreatedAt)),
        ("finished", Times.Show(batch.FinishedAt)),
    }.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => new[] { field.Name, field.Value });
}

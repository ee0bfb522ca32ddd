using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Client;

/// <summary>A batch of requests.</summary>
/// <param name="Status">QUEUED, PROCESSING, COMPLETED, CANCELED or FAILED.</param>
/// <param name="ErrorCodes">How many FAILED, by error code.</param>
/// <param name="Cost">Of all that was charged so far, where the provider said it.</param>
/// <param name="RequestIds">In the answer to a submit: of its requests, in the order of the input.</param>
public sealed record ReelBatch(
    string Status,
    string BatchId,
    ReelBatchCounts Counts,
    int Concurrency,
    IReadOnlyDictionary<string, int>? ErrorCodes = null,
    decimal? Cost = null,
    JsonElement? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? FinishedAt = null,
    IReadOnlyList<string>? RequestIds = null) : ReelDocument
{
    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool IsFinal => Status is "COMPLETED" or "CANCELED" or "FAILED";
}

/// <summary>How many requests of a batch are where.</summary>
public sealed record ReelBatchCounts(int Total, int Queued, int InFlight, int Completed, int Failed);

/// <summary>A page of batches.</summary>
internal sealed record BatchPage(IReadOnlyList<JsonElement> Batches, string? NextCursor) : ReelDocument;

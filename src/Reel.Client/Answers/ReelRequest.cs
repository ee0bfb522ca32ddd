using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Client;

/// <summary>A request. Members that do not apply are null.</summary>
/// <param name="Status">QUEUED, PROCESSING, COMPLETED or FAILED.</param>
/// <param name="Stage">accepted, waiting_for_capacity, submitting, rendering, saving or done.</param>
/// <param name="Output">When COMPLETED, in the full result: a link to the video that needs no key and expires.</param>
/// <param name="Trouble">What is being waited out, in words.</param>
/// <param name="Charged">On final states: no, yes or unknown.</param>
/// <param name="Cost">In US dollars (the provider's credits); null while it is not known.</param>
/// <param name="BatchIndex">Its place in the batch, from 0.</param>
public sealed record ReelRequest(
    string Status,
    string RequestId,
    string? Stage = null,
    string? Model = null,
    string? Output = null,
    ReelVideo? Video = null,
    string? Error = null,
    string? ErrorCode = null,
    string? Charged = null,
    string? Trouble = null,
    DateTimeOffset? RetryAt = null,
    ReelProgress? Progress = null,
    decimal? Cost = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? FinishedAt = null,
    string? BatchId = null,
    int? BatchIndex = null,
    bool? VideoGone = null,
    string? ResubmittedAs = null,
    JsonElement? Metadata = null) : ReelDocument
{
    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool IsFinal => IsCompleted || IsFailed;

    /// <summary>Whether its video is saved.</summary>
    [JsonIgnore]
    public bool IsCompleted => Status == "COMPLETED";

    /// <summary>Whether there will be no video.</summary>
    [JsonIgnore]
    public bool IsFailed => Status == "FAILED";

    // Files are named after ids: one that is none could lead out of a folder.
    internal override bool IsProper => Guid.TryParseExact(RequestId, "D", out _);
}

/// <summary>A saved video.</summary>
/// <param name="Url">A link that needs no key and expires.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="Sha256">Of the bytes, in lower-case hex.</param>
public sealed record ReelVideo(string Url, string ContentType, string FileName, long FileSize, string Sha256);

/// <summary>How far a request is.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="SecondsLeft">Until the video is there, as far as one can expect.</param>
public sealed record ReelProgress(double Fraction, int SecondsLeft);

/// <summary>What a submit would do.</summary>
/// <param name="Parameters">With the provider's defaults.</param>
/// <param name="PriceUsd">Null when no price is published.</param>
/// <param name="TypicalSeconds">From submit to finished video.</param>
/// <param name="RefusedBy">The caller's limit that would refuse it now.</param>
public sealed record ReelDryRun(
    string Model, IReadOnlyDictionary<string, JsonElement> Parameters, ReelPrice? PriceUsd, double TypicalSeconds, ReelLimit? RefusedBy = null) : ReelDocument;

/// <summary>What a generation costs, from and to, in US dollars.</summary>
public sealed record ReelPrice(decimal Low, decimal High);

/// <summary>A page of requests.</summary>
internal sealed record RequestPage(IReadOnlyList<JsonElement> Requests, string? NextCursor) : ReelDocument;

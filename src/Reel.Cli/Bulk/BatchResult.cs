using System.Text.Json.Serialization;

namespace Reel.Cli.Bulk;

/// <summary>What became of a line.</summary>
/// <param name="Status">COMPLETED, FAILED, or INVALID for one that was not sent.</param>
/// <param name="File">The video's file in the folder, once it is there.</param>
/// <param name="Cost">In US dollars; null when it is not known.</param>
/// <param name="Earlier">The requests of the line that FAILED before it was ordered again, oldest first; null for none.</param>
internal sealed record BatchResult(
    int Line,
    string Status,
    string? RequestId = null,
    string? BatchId = null,
    string? File = null,
    long? FileSize = null,
    string? Sha256 = null,
    decimal? Cost = null,
    string? Charged = null,
    string? ErrorCode = null,
    string? Error = null,
    IReadOnlyList<EarlierRequest>? Earlier = null)
{
    /// <summary>The error code of one whose only submit was cut off: it may be at the provider, or not.</summary>
    public const string OutcomeUnknown = "submit_outcome_unknown";

    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Invalid = "INVALID";

    /// <summary>Whether it ended well: its video is in its file.</summary>
    [JsonIgnore]
    public bool IsSaved => Status == Completed && File is not null;

    /// <summary>Whether its request is known: one that was not in its batch any more is not.</summary>
    [JsonIgnore]
    public bool HasRequest => RequestId is { Length: > 0 };

    /// <summary>Whether ordering it again cannot be paid for twice.</summary>
    [JsonIgnore]
    public bool IsFree => Charged == "no";

    /// <summary>What the line cost as far as it is known, with the requests before this one.</summary>
    [JsonIgnore]
    public decimal TotalCost => (Cost ?? 0) + (Earlier?.Sum(one => one.Cost) ?? 0);

    /// <summary>This as what became of the line after <paramref name="before"/>.</summary>
    public BatchResult After(BatchResult? before) => before switch
    {
        null => this,
        { RequestId: { Length: > 0 } id } when RequestId is not null && RequestId != id => this with
        {
            Earlier = [.. before.Earlier ?? [], new EarlierRequest(id, before.ErrorCode, before.Charged, before.Cost)],
        },
        _ => this with { Earlier = before.Earlier },
    };
}

/// <summary>A request of a line that was ordered again.</summary>
internal sealed record EarlierRequest(string RequestId, string? ErrorCode, string? Charged, decimal? Cost);

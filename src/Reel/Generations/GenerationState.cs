using System.Text.Json.Serialization;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>
/// Where a request stands: the orchestration's custom status while it runs, and its output. The only source of what callers see. Kept far
/// under 4 KiB; prompts and links of ours have no place in it.
/// </summary>
/// <param name="Status">The provider's four states.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="SubmittedAt">When the provider accepted it.</param>
/// <param name="RenderedAt">When the provider was seen to have completed it.</param>
/// <param name="FinishedAt">When it became COMPLETED or FAILED.</param>
/// <param name="ProviderRequestId">The provider's own id.</param>
/// <param name="ProviderUrl">
/// The provider's own link to the video, which needs no key and lives for seven days: from the end of the render until it is saved.
/// </param>
/// <param name="Trouble">What is being waited out, in words; null when all is well.</param>
/// <param name="RetryAt">When the trouble is looked at again.</param>
/// <param name="Error">Why it FAILED, in words.</param>
/// <param name="ErrorCode">Why it FAILED; one of <see cref="ErrorCodes"/>.</param>
/// <param name="Charged">Whether the provider charged; set on final states.</param>
/// <param name="Video">The saved video; set when COMPLETED.</param>
/// <param name="Metrics">The provider's figures.</param>
/// <param name="ProviderStatus">When the provider refused the submit: with which HTTP status.</param>
/// <param name="Plan">While it is rendered: when the provider is asked; null for <see cref="GenerationRequest.Polling"/>.</param>
public sealed record GenerationState(
    GenerationStatus Status,
    Stage Stage,
    DateTimeOffset? SubmittedAt = null,
    DateTimeOffset? RenderedAt = null,
    DateTimeOffset? FinishedAt = null,
    string? ProviderRequestId = null,
    string? ProviderUrl = null,
    string? Trouble = null,
    DateTimeOffset? RetryAt = null,
    string? Error = null,
    string? ErrorCode = null,
    Charged? Charged = null,
    SavedVideo? Video = null,
    RenderMetrics? Metrics = null,
    int? ProviderStatus = null,
    PollPlan? Plan = null)
{
    /// <summary>Accepted, nothing done yet.</summary>
    public static GenerationState Accepted { get; } = new(GenerationStatus.Queued, Stage.Accepted);

    /// <summary>COMPLETED or FAILED.</summary>
    [JsonIgnore]
    public bool IsFinal => Status is GenerationStatus.Completed or GenerationStatus.Failed;

    /// <summary>The wait before the next check of a render submitted so long ago.</summary>
    internal TimeSpan NextCheck(GenerationRequest request, TimeSpan age) => Plan?.Next(age) ?? request.Polling.Next(age);
}

/// <summary>The provider's states, which its clients know.</summary>
public enum GenerationStatus
{
    /// <summary>Not at the provider yet, or waiting there.</summary>
    Queued,

    /// <summary>Being rendered or saved.</summary>
    Processing,

    /// <summary>The video is in the caller's storage.</summary>
    Completed,

    /// <summary>There will be no video.</summary>
    Failed,
}

/// <summary>What is being done for a request.</summary>
public enum Stage
{
    /// <summary>Durable, not begun.</summary>
    Accepted,

    /// <summary>The provider, or the process, has as many submits as it takes; this one is tried again later.</summary>
    WaitingForCapacity,

    /// <summary>Being handed to the provider.</summary>
    Submitting,

    /// <summary>At the provider.</summary>
    Rendering,

    /// <summary>Being copied into blob storage.</summary>
    Saving,

    /// <summary>COMPLETED or FAILED.</summary>
    Done,
}

/// <summary>Whether the provider took money.</summary>
public enum Charged
{
    /// <summary>Surely not.</summary>
    No,

    /// <summary>It rendered, so it did.</summary>
    Yes,

    /// <summary>Only the provider's usage page can tell.</summary>
    Unknown,
}

/// <summary>A video in blob storage.</summary>
/// <param name="BlobName">Within the videos container.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of the bytes, in lower-case hex.</param>
/// <param name="ContentType">Such as video/mp4.</param>
public sealed record SavedVideo(string BlobName, long Length, string Sha256, string ContentType)
{
    /// <summary>The name that a request's video is saved under.</summary>
    public static string NameOf(string callerId, string requestId) => $"{callerId}/{requestId}.mp4";
}

using System.Text.Json;
using Reel.Batches;
using Reel.Generations;
using Reel.Segmind;
using Reel.Videos;

namespace Reel.Api;

/// <summary>A request in an answer: the provider's members first, ours beside them. Members that do not apply are left out.</summary>
/// <param name="Status">QUEUED, PROCESSING, COMPLETED or FAILED.</param>
/// <param name="Output">When COMPLETED, in the full result: a link to the video that needs no key and expires.</param>
/// <param name="Metrics">The provider's figures; empty until there are any.</param>
/// <param name="Stage">accepted, waiting_for_capacity, submitting, rendering, saving or done.</param>
/// <param name="Trouble">What is being waited out, in words.</param>
/// <param name="ProviderUrl">The provider's own link, from the end of the render and for as long as the video is not saved.</param>
/// <param name="Charged">On final states: no, yes or unknown.</param>
/// <param name="Cost">What it cost, in the provider's credits: as reported, or 0 when it was not charged; left out while that is not known.</param>
/// <param name="Prompt">In lists: the beginning of the prompt.</param>
/// <param name="Parameters">In the full result: the model's parameters, as they went to the provider.</param>
/// <param name="VideoGone">True when the video was there and is past its retention; left out otherwise.</param>
/// <param name="ResubmissionOf">The request of unknown outcome that this one was started for.</param>
/// <param name="ResubmittedAs">The request that was started because this one's outcome is unknown.</param>
/// <param name="Progress">Until it is final: how far it is. Fraction 1 comes with COMPLETED only.</param>
/// <param name="ProviderStatus">When the provider refused the submit: with which HTTP status.</param>
/// <param name="BatchId">The batch that it is part of.</param>
/// <param name="BatchIndex">Its place in the batch, from 0.</param>
public sealed record RequestAnswer(
    string Status,
    string RequestId,
    string StatusUrl,
    string ResponseUrl,
    string? PollUrl = null,
    string? Output = null,
    VideoAnswer? Video = null,
    MetricsAnswer? Metrics = null,
    string? Error = null,
    string? ErrorCode = null,
    string? Charged = null,
    string? Stage = null,
    string? Trouble = null,
    DateTimeOffset? RetryAt = null,
    string? Model = null,
    JsonElement? Metadata = null,
    string? ProviderRequestId = null,
    string? ProviderUrl = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? SubmittedAt = null,
    DateTimeOffset? RenderedAt = null,
    DateTimeOffset? FinishedAt = null,
    string? ResubmissionOf = null,
    string? ResubmittedAs = null,
    Progress? Progress = null,
    int? ProviderStatus = null,
    string? BatchId = null,
    int? BatchIndex = null,
    decimal? Cost = null,
    bool? VideoGone = null,
    string? Prompt = null,
    JsonElement? Parameters = null)
{
    /// <summary>The answer to a submit: the provider's five members and no more than it needs.</summary>
    public static RequestAnswer Queued(string baseUrl, string requestId) => new(
        "QUEUED",
        requestId,
        Links.Status(baseUrl, requestId),
        Links.Result(baseUrl, requestId),
        PollUrl: Links.Poll(baseUrl, requestId));

    /// <summary>The light state.</summary>
    public static RequestAnswer OfState(string baseUrl, Generation generation)
    {
        var (request, state) = generation;
        return new RequestAnswer(
            StatusOf(state),
            request.RequestId,
            Links.Status(baseUrl, request.RequestId),
            Links.Result(baseUrl, request.RequestId),
            Metrics: MetricsAnswer.Of(state.Metrics, withCost: state.Status == GenerationStatus.Completed),
            Error: state.Error,
            ErrorCode: state.ErrorCode,
            Charged: state.Charged?.ToString().ToLowerInvariant(),
            Stage: JsonNamingPolicy.SnakeCaseLower.ConvertName(state.Stage.ToString()),
            Trouble: state.Trouble,
            RetryAt: state.RetryAt,
            Model: request.Model,
            ProviderUrl: state.ProviderUrl,
            CreatedAt: request.ToldAt(),
            SubmittedAt: state.SubmittedAt,
            RenderedAt: state.RenderedAt,
            FinishedAt: state.FinishedAt,
            ResubmissionOf: request.ResubmissionOf,
            ProviderStatus: state.ProviderStatus,
            BatchId: request.BatchId,
            BatchIndex: request.BatchId is null ? null : BatchIds.IndexOf(request.RequestId),
            Cost: state.Charged == Generations.Charged.No ? 0 : state.Metrics?.Cost);
    }

    /// <summary>The light state in a list, with what tells one request from another.</summary>
    public static RequestAnswer OfListed(string baseUrl, Generation generation, DateTimeOffset now) => OfState(baseUrl, generation) with
    {
        Prompt = PromptExcerpt.Of(generation.Request.Parameters),
        Progress = generation.State.IsFinal ? null : Progress.At(generation, now),
    };

    /// <summary>The full result; the links are the caller's to the saved video.</summary>
    /// <param name="link">Null until COMPLETED.</param>
    public static RequestAnswer OfResult(string baseUrl, Generation generation, VideoLink? link)
    {
        var (request, state) = generation;
        return OfState(baseUrl, generation) with
        {
            Output = link?.Url.AbsoluteUri,
            Video = state.Video is { } video && link is not null
                ? new VideoAnswer(
                    link.Url.AbsoluteUri,
                    video.ContentType,
                    Path.GetFileName(video.BlobName),
                    video.Length,
                    video.Sha256,
                    link.ExpiresAt,
                    Links.Video(baseUrl, request.RequestId))
                : null,
            Metadata = request.Metadata is null ? null : JsonSerializer.Deserialize(request.Metadata, ApiJson.Types.JsonElement),
            ProviderRequestId = state.ProviderRequestId,
        };
    }

    /// <summary>The provider's word for a state.</summary>
    public static string StatusOf(GenerationState state) => state.Status.ToString().ToUpperInvariant();
}

/// <summary>A saved video in an answer.</summary>
/// <param name="Url">A link that needs no key and expires.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="Sha256">Of the bytes, in lower-case hex.</param>
/// <param name="StreamUrl">The same video through this API; does not expire.</param>
public sealed record VideoAnswer(
    string Url, string ContentType, string FileName, long FileSize, string Sha256, DateTimeOffset UrlExpiresAt, string StreamUrl);

/// <summary>The provider's figures: credits and seconds.</summary>
public sealed record MetricsAnswer(
    decimal? Cost = null, decimal? RemainingCredits = null, double? InferenceTime = null, double? QueueTime = null, double? TotalTime = null)
{
    /// <summary>As the provider gave them. What was not charged carries no cost.</summary>
    public static MetricsAnswer Of(RenderMetrics? metrics, bool withCost) => metrics is null
        ? new MetricsAnswer()
        : new MetricsAnswer(
            withCost ? metrics.Cost : null, withCost ? metrics.RemainingCredits : null, metrics.InferenceTime, metrics.QueueTime, metrics.TotalTime);
}

namespace Reel.Segmind;

/// <summary>How far a render is. Texts are clean and at most 1,000 characters.</summary>
public abstract record StatusAnswer
{
    private StatusAnswer()
    {
    }

    /// <summary>Waiting or running.</summary>
    public sealed record Working(RenderState State) : StatusAnswer;

    /// <summary>Done; the result can be fetched.</summary>
    public sealed record Completed(RenderMetrics Metrics) : StatusAnswer;

    /// <summary>Failed for good, and not charged for. See <see cref="FailureCauses"/>.</summary>
    public sealed record Failed(string Error, RenderMetrics Metrics) : StatusAnswer;

    /// <summary>The provider does not know the id, or no more: it forgets after one hour.</summary>
    public sealed record NotFound : StatusAnswer;

    /// <summary>No usable answer, retries included; says nothing about the render. To be asked again later.</summary>
    public sealed record Unreachable(string Error) : StatusAnswer;

    /// <summary>The key is refused (401, 403). To be asked again once it is mended.</summary>
    public sealed record Refused(int StatusCode, string Error) : StatusAnswer;
}

/// <summary>What a render came to. Texts are clean and at most 1,000 characters.</summary>
public abstract record ResultAnswer
{
    private ResultAnswer()
    {
    }

    /// <summary>Done.</summary>
    public sealed record Completed(RenderedVideo Video, RenderMetrics Metrics) : ResultAnswer;

    /// <summary>Waiting or running.</summary>
    public sealed record Working(RenderState State) : ResultAnswer;

    /// <summary>Failed for good, and not charged for. See <see cref="FailureCauses"/>.</summary>
    public sealed record Failed(string Error, RenderMetrics Metrics) : ResultAnswer;

    /// <summary>The provider does not know the id, or no more: it forgets after one hour.</summary>
    public sealed record NotFound : ResultAnswer;

    /// <summary>No usable answer, retries included; says nothing about the render. To be asked again later. A completed record without a
    /// usable video URL is one of these.</summary>
    public sealed record Unreachable(string Error) : ResultAnswer;

    /// <summary>The key is refused (401, 403). To be asked again once it is mended.</summary>
    public sealed record Refused(int StatusCode, string Error) : ResultAnswer;
}

/// <summary>The states of a render that is under way.</summary>
public enum RenderState
{
    /// <summary>Waiting for a worker.</summary>
    Queued,

    /// <summary>Running.</summary>
    Processing,
}

/// <summary>A finished video at the provider: public, needs no key, gone after seven days.</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="FileSize">In bytes, as announced; 0 or more.</param>
public sealed record RenderedVideo(string Url, string? ContentType, string? FileName, long? FileSize);

/// <summary>What the provider measured; null is what it did not say.</summary>
/// <param name="Cost">In the provider's credits.</param>
/// <param name="InferenceTime">In seconds, as are the other times.</param>
public sealed record RenderMetrics(
    decimal? Cost = null, decimal? RemainingCredits = null, double? InferenceTime = null, double? QueueTime = null, double? TotalTime = null);

namespace Reel.Segmind;

/// <summary>
/// The provider's v2 API. What it answers, or fails to, is a value; the only exceptions are a cancelled token's
/// <see cref="OperationCanceledException"/> and an <see cref="ArgumentException"/> for a slug or an id that is none.
/// </summary>
public interface ISegmindClient
{
    /// <summary>
    /// Posts a render, which is paid for: exactly once, whatever happens. Takes at most <see cref="SegmindTimings.LongestSubmit"/>.
    /// A submit that was cancelled through <paramref name="cancellationToken"/> throws, and its outcome is unknown.
    /// </summary>
    /// <param name="parametersJson">The body as it is to be sent: one JSON object.</param>
    Task<SubmitAnswer> SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken);

    /// <summary>How far a render is. Retried for a while.</summary>
    Task<StatusAnswer> GetStatusAsync(string requestId, CancellationToken cancellationToken);

    /// <summary>What a render came to. Retried for a while.</summary>
    Task<ResultAnswer> GetResultAsync(string requestId, CancellationToken cancellationToken);
}

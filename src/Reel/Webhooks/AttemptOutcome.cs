namespace Reel.Webhooks;

/// <summary>How one attempt to deliver ended.</summary>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Status">The HTTP status, when there was an answer.</param>
/// <param name="Answer">The first bytes of the answer's body as printable text, at most <see cref="PrintableText.MaxBytes"/>.</param>
/// <param name="Error">Why there was no answer; holds no part of the URL.</param>
/// <param name="RetryAfter">How long the receiver asked to be left alone, with 429 or 503; with <see cref="AttemptVerdict.Busy"/>, when there may be room.</param>
/// <param name="AbortRequested">The receiver does not want this event again.</param>
/// <param name="IsOurs">Settings of this server kept it from being sent, for which the endpoint is not to blame; null else.</param>
/// <param name="Ticket">With <see cref="AttemptVerdict.Busy"/>, what to show when coming back; null in older histories.</param>
public sealed record AttemptOutcome(
    AttemptVerdict Verdict,
    DateTimeOffset At,
    int DurationMs = 0,
    int? Status = null,
    string? Answer = null,
    string? Error = null,
    TimeSpan? RetryAfter = null,
    bool AbortRequested = false,
    bool? IsOurs = null,
    long? Ticket = null);

/// <summary>What an attempt came to.</summary>
public enum AttemptVerdict
{
    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>The receiver answered something else.</summary>
    Rejected,

    /// <summary>There was no answer, or nothing could be sent.</summary>
    Failed,

    /// <summary>The destination is not allowed; nothing was sent.</summary>
    Blocked,

    /// <summary>No attempt: as many are under way as may be, to this receiver or to all that hang. To be tried again.</summary>
    Busy,

    /// <summary>No attempt: the endpoint is paused.</summary>
    Paused,
}

namespace Reel.Webhooks;

/// <summary>How a delivery stands: its custom status, while it lasts and afterwards. Ten attempts of it fit 4 KiB.</summary>
/// <param name="Attempts">How many were made.</param>
/// <param name="NextAttemptAt">When the next is due; null when there is none to come.</param>
/// <param name="Ended">Why it ended; null while pending.</param>
/// <param name="Recent">The last ten attempts, oldest first.</param>
public sealed record DeliveryProgress(
    string EventId,
    string Type,
    DeliveryState State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DeliveryEnd? Ended,
    IReadOnlyList<DeliveryAttempt> Recent)
{
    /// <summary>The most attempts kept.</summary>
    public const int MaxRecent = 10;

    internal static DeliveryProgress Begin(WebhookEvent webhook) =>
        new(webhook.Id, webhook.Type, DeliveryState.Pending, 0, null, null, []);

    internal DeliveryProgress After(int attempt, AttemptOutcome outcome) => this with
    {
        Attempts = attempt,
        NextAttemptAt = null,
        Recent =
        [
            .. Recent.TakeLast(MaxRecent - 1),
            new(attempt, outcome.At, outcome.Verdict, outcome.Status, outcome.DurationMs, outcome.Answer, outcome.Error),
        ],
    };

    internal DeliveryProgress End(DeliveryEnd end) =>
        this with { State = end == DeliveryEnd.Heard ? DeliveryState.Delivered : DeliveryState.Failed, Ended = end };
}

/// <summary>One attempt, as a caller may see it.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="DurationMs">In milliseconds.</param>
/// <param name="Answer">The first bytes of the answer.</param>
/// <param name="Error">Why there was no answer.</param>
public sealed record DeliveryAttempt(
    int Number, DateTimeOffset At, AttemptVerdict Verdict, int? Status, int DurationMs, string? Answer, string? Error);

/// <summary>What a delivery came to: its output.</summary>
/// <param name="Attempts">How many were made.</param>
/// <param name="Status">The last attempt's HTTP status, when there was an answer.</param>
public sealed record DeliveryResult(DeliveryState State, DeliveryEnd Ended, int Attempts, int? Status = null);

/// <summary>The states of a delivery.</summary>
public enum DeliveryState
{
    /// <summary>Attempts are still to come.</summary>
    Pending,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It was not, and no more attempts follow.</summary>
    Failed,
}

/// <summary>Why a delivery ended.</summary>
public enum DeliveryEnd
{
    /// <summary>The receiver answered 2xx.</summary>
    Heard,

    /// <summary>The schedule is used up.</summary>
    Exhausted,

    /// <summary>The receiver answered 410: nothing is there any more, and nothing will be.</summary>
    Gone,

    /// <summary>The receiver asked not to be sent this event again.</summary>
    Aborted,
}

namespace Reel.Webhooks;

/// <summary>
/// How a delivery stands: its custom status, while it lasts and afterwards. As many attempts as there can be fit 4 KiB; what was answered to the older ones
/// is left out where that takes more.
/// </summary>
/// <param name="Attempts">How many were made.</param>
/// <param name="NextAttemptAt">When the next is due; null when there is none to come.</param>
/// <param name="Ended">Why it ended; null while pending.</param>
/// <param name="Recent">The attempts, oldest first. (Deliveries that ended under older versions have the last ten.)</param>
/// <param name="Woken">How many of them were made because somebody asked; null for none.</param>
/// <param name="WaitsForRoom">The next attempt is due and waits for room, which nobody can hurry; null when it does not.</param>
public sealed record DeliveryProgress(
    string EventId,
    string Type,
    DeliveryState State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DeliveryEnd? Ended,
    IReadOnlyList<DeliveryAttempt> Recent,
    int? Woken = null,
    bool? WaitsForRoom = null)
{
    /// <summary>The most attempts of a delivery: those of the longest schedule, and those that somebody asked for in between.</summary>
    public const int MostAttempts = WebhookOptions.MostAttempts + WebhookDelivery.MostWoken;

    // Beside texts a status has some 270 bytes of its own, and an attempt 115, with the digits that its numbers can have.
    private const int MostTextBytes = 4096 - 270;
    private const int AttemptBytes = 115;

    // "answer":"", and a comma.
    private const int TextOverhead = 12;

    internal static DeliveryProgress Begin(WebhookEvent webhook) =>
        new(webhook.Id, webhook.Type, DeliveryState.Pending, 0, null, null, []);

    internal DeliveryProgress After(int attempt, AttemptOutcome outcome) => this with
    {
        Attempts = attempt,
        NextAttemptAt = null,
        Recent = Fit(
        [
            .. Recent,
            new(
                attempt, outcome.At, outcome.Verdict, outcome.Status, outcome.DurationMs, outcome.Answer,
                outcome.Error is null ? null : PrintableText.From(outcome.Error)),
        ]),
    };

    internal DeliveryProgress End(DeliveryEnd end) =>
        this with { State = end == DeliveryEnd.Heard ? DeliveryState.Delivered : DeliveryState.Failed, NextAttemptAt = null, Ended = end };

    /// <summary>The newest answers and errors, as many as there is room for.</summary>
    private static DeliveryAttempt[] Fit(DeliveryAttempt[] attempts)
    {
        var left = MostTextBytes - (AttemptBytes * attempts.Length);
        for (var i = attempts.Length - 1; i >= 0; i--)
        {
            left -= SizeOf(attempts[i].Answer) + SizeOf(attempts[i].Error);
            if (left < 0) attempts[i] = attempts[i] with { Answer = null, Error = null };
        }

        return attempts;
    }

    private static int SizeOf(string? text) => text is null ? 0 : TextOverhead + PrintableText.SizeInJson(text);
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

    /// <summary>The endpoint is paused: nothing is sent to it until somebody resumes it.</summary>
    Paused,

    /// <summary>The durable engine ended it: somebody's hand, or a defect. No delivery says so of itself.</summary>
    Broken,
}

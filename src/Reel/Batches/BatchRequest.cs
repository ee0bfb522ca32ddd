namespace Reel.Batches;

/// <summary>An accepted batch: its orchestration's input. What it asks for is in <see cref="BatchRecords"/>, since it would be too much for a history.</summary>
/// <param name="BatchId">See <see cref="BatchIds"/>.</param>
/// <param name="CallerId">The API key's id.</param>
/// <param name="Count">How many requests it has.</param>
/// <param name="Lanes">How many of them are under way at once, at the most.</param>
/// <param name="AcceptedAt">When the caller was told yes.</param>
/// <param name="BaseUrl">Where the caller reaches this API, for links in webhooks; no slash at the end.</param>
/// <param name="WebhookUrl">Where <c>batch.completed</c> goes; null for nowhere.</param>
/// <param name="WebhookSchedule">The wait before each attempt to deliver it, as it was set at acceptance.</param>
/// <param name="Metadata">The caller's own JSON object, returned in answers and the webhook.</param>
/// <param name="WebhookEvents">Of which events the webhook is told; null for <c>batch.completed</c>. Those of its requests are told by these.</param>
/// <param name="WebhookOwnSecret">True: the caller's own secret signs, and no other; see <see cref="Webhooks.WebhookEvent"/>.</param>
public sealed record BatchRequest(
    string BatchId,
    string CallerId,
    int Count,
    int Lanes,
    DateTimeOffset AcceptedAt,
    string BaseUrl,
    string? WebhookUrl = null,
    IReadOnlyList<TimeSpan>? WebhookSchedule = null,
    string? Metadata = null,
    IReadOnlyList<string>? WebhookEvents = null,
    bool? WebhookOwnSecret = null);

/// <summary>A batch as it stands.</summary>
public sealed record Batch(BatchRequest Request, BatchState State)
{
    /// <summary>
    /// How long a caller who polls should wait while it is under way: a twentieth of the time that it, or its cancelling, has taken so far; 1 to 60 seconds.
    /// </summary>
    public TimeSpan AskAgainAfter(DateTimeOffset now) =>
        TimeSpan.FromSeconds(Math.Clamp((now - (State.CancelRequestedAt ?? Request.AcceptedAt)).TotalSeconds / 20, 1, 60));
}

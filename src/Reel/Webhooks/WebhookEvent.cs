namespace Reel.Webhooks;

/// <summary>What is to be told, to whom: the input of a delivery.</summary>
/// <param name="Id">The <c>webhook-id</c> of every attempt; see <see cref="IdFor"/>.</param>
/// <param name="Type">One of <see cref="WebhookTypes"/>.</param>
/// <param name="Timestamp">When it happened; the body's <c>timestamp</c> in every attempt.</param>
/// <param name="Url">Where to, as <see cref="WebhookIntake"/> accepted it.</param>
/// <param name="Subject">
/// JSON by which <see cref="IWebhookContent"/> knows what the event is about. It enters histories, so it holds no link that opens anything.
/// </param>
/// <param name="Schedule">
/// The wait before each attempt, as <see cref="WebhookIntake.Schedule"/> gave it; null for <see cref="DeliverySchedule.Default"/>.
/// </param>
/// <param name="CallerId">Whose it is, for the secret to sign it with; null in events from before it was said, which have the common one.</param>
/// <param name="OwnSecret">True: a secret of the caller's own was in force, and no other may sign it; null: the caller's own where there is one, else the common one.</param>
/// <param name="Resume">Where its delivery goes on; null for one that begins.</param>
public sealed record WebhookEvent(
    string Id,
    string Type,
    DateTimeOffset Timestamp,
    string Url,
    string Subject,
    IReadOnlyList<TimeSpan>? Schedule = null,
    string? CallerId = null,
    bool? OwnSecret = null,
    DeliveryResume? Resume = null)
{
    /// <summary>
    /// The id of the event of this type about this request. The same whenever it is asked for, so that what runs twice tells once; without
    /// dots, which separate the parts of what is signed.
    /// </summary>
    public static string IdFor(string requestId, string type) => $"evt_{requestId}_{type.Replace('.', '_')}";
}

/// <summary>The events there are.</summary>
public static class WebhookTypes
{
    /// <summary>A request was accepted.</summary>
    public const string VideoQueued = "video.queued";

    /// <summary>It is being rendered.</summary>
    public const string VideoProcessing = "video.processing";

    /// <summary>The video is in the blob store.</summary>
    public const string VideoCompleted = "video.completed";

    /// <summary>There will be no video.</summary>
    public const string VideoFailed = "video.failed";

    /// <summary>All requests of a batch are over, however they ended.</summary>
    public const string BatchCompleted = "batch.completed";

    /// <summary>Of a request, in the order in which they can happen.</summary>
    public static IReadOnlyList<string> OfVideo { get; } = [VideoQueued, VideoProcessing, VideoCompleted, VideoFailed];

    /// <summary>Of a request, those that are told where none are chosen.</summary>
    public static IReadOnlyList<string> OfVideoByDefault { get; } = [VideoCompleted, VideoFailed];

    /// <summary>Of a batch and its requests.</summary>
    public static IReadOnlyList<string> OfBatch { get; } = [.. OfVideo, BatchCompleted];
}

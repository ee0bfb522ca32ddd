using System.Text.Json;

namespace Reel.Client;

/// <summary>A delivery of a webhook's event.</summary>
/// <param name="State">pending, delivered or failed.</param>
/// <param name="Ended">Why it ended.</param>
/// <param name="Redelivery">Its number, when somebody asked for it.</param>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="Paused">Whether its endpoint is paused.</param>
public sealed record ReelDelivery(
    string EventId,
    string Type,
    string Url,
    string State,
    DateTimeOffset StartedAt,
    IReadOnlyList<ReelDeliveryAttempt> Attempts,
    string? Ended = null,
    int? Redelivery = null,
    DateTimeOffset? NextAttemptAt = null,
    bool Paused = false) : ReelDocument;

/// <summary>An attempt.</summary>
/// <param name="Verdict">delivered, rejected, failed or blocked.</param>
/// <param name="Answer">The first bytes of the answer.</param>
/// <param name="Error">Why there was none.</param>
public sealed record ReelDeliveryAttempt(
    int Number, DateTimeOffset At, string Verdict, int DurationMs, int? Status = null, string? Answer = null, string? Error = null);

/// <summary>The deliveries of a request.</summary>
internal sealed record DeliveryList(IReadOnlyList<JsonElement> Deliveries) : ReelDocument;

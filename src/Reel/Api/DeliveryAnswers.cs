using System.Text.Json;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>The deliveries of a request or a batch, oldest first.</summary>
internal sealed record DeliveryListAnswer(IReadOnlyList<DeliveryAnswer> Deliveries);

/// <summary>A delivery of an event.</summary>
/// <param name="State">pending, delivered or failed.</param>
/// <param name="Ended">Why it ended.</param>
/// <param name="Redelivery">Its number, when somebody asked for it.</param>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="Paused">Whether its endpoint is paused, as far as storage tells.</param>
internal sealed record DeliveryAnswer(
    string EventId,
    string Type,
    string Url,
    string State,
    string? Ended,
    int? Redelivery,
    DateTimeOffset StartedAt,
    DateTimeOffset? NextAttemptAt,
    bool Paused,
    IReadOnlyList<DeliveryAttemptAnswer> Attempts)
{
    public static DeliveryAnswer Of(Delivery delivery, bool isPaused)
    {
        var progress = delivery.Progress;
        return new DeliveryAnswer(
            delivery.Webhook.Id,
            delivery.Webhook.Type,
            delivery.Webhook.Url,
            Write(progress.State),
            progress.Ended is { } end ? Write(end) : null,
            delivery.Name.Number == 0 ? null : delivery.Name.Number,
            delivery.StartedAt,
            progress.NextAttemptAt,
            isPaused,
            [.. progress.Recent.Select(attempt => new DeliveryAttemptAnswer(
                attempt.Number, attempt.At, Write(attempt.Verdict), attempt.Status, attempt.DurationMs, attempt.Answer, attempt.Error))]);
    }

    public static string Write<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>An attempt.</summary>
/// <param name="Verdict">delivered, rejected, failed or blocked.</param>
/// <param name="Answer">The first bytes of the answer.</param>
/// <param name="Error">Why there was none.</param>
internal sealed record DeliveryAttemptAnswer(int Number, DateTimeOffset At, string Verdict, int? Status, int DurationMs, string? Answer, string? Error);

/// <summary>A page of endpoints.</summary>
/// <param name="NextCursor">For the next page; left out on the last.</param>
internal sealed record EndpointListAnswer(IReadOnlyList<EndpointAnswer> Endpoints, string? NextCursor);

/// <summary>An endpoint.</summary>
/// <param name="State">healthy, failing or paused.</param>
/// <param name="Missed">How many events it has missed.</param>
/// <param name="Resending">In the answer to a resume: what it has missed is being sent.</param>
internal sealed record EndpointAnswer(
    string Url,
    string State,
    int Missed,
    DateTimeOffset? FailingSince = null,
    DateTimeOffset? PausedAt = null,
    DateTimeOffset? LastFailureAt = null,
    int? LastStatus = null,
    string? LastError = null,
    bool? Resending = null)
{
    public static EndpointAnswer Of(EndpointStand stand) => new(
        stand.Url,
        DeliveryAnswer.Write(stand.State),
        stand.Missed,
        stand.Health?.FailingSince,
        stand.Health?.PausedAt,
        stand.Health?.LastFailureAt,
        stand.Health?.LastStatus,
        stand.Health?.LastError);
}

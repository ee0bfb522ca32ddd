using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Which attempt at which event.</summary>
/// <param name="Attempt">1 for the first.</param>
/// <param name="InstanceId">Of the delivery; null in older histories.</param>
/// <param name="Refusals">How often there was no room for this attempt.</param>
/// <param name="Ticket">What the last of those gave it; see <see cref="AttemptEntry.Ticket"/>.</param>
public sealed record WebhookAttemptInput(WebhookEvent Webhook, int Attempt, string? InstanceId = null, int Refusals = 0, long? Ticket = null);

/// <summary>
/// One attempt at delivering an event: looks whether its endpoint is paused and whether there is room, then writes the body, signs it and sends it.
/// </summary>
public sealed partial class AttemptWebhookActivity(
    WebhookSender sender, IWebhookContent content, EndpointRecords endpoints, AttemptGate gate, TimeProvider time, ILogger<AttemptWebhookActivity> logger)
    : IActivity<WebhookAttemptInput, AttemptOutcome>
{
    /// <summary>The activity's name in histories.</summary>
    public const string FunctionName = "AttemptWebhook";

    /// <summary>The activity's name with its types.</summary>
    public static ActivityName<WebhookAttemptInput, AttemptOutcome> Name { get; } = new(FunctionName);

    public async Task<AttemptOutcome> RunAsync(WebhookAttemptInput input, CancellationToken cancellationToken)
    {
        if (DeliveryIds.Parse(input.InstanceId) is not { } delivery) return await SendAsync(input, cancellationToken);

        var endpoint = WebhookEndpoint.Of(delivery.CallerId, input.Webhook.Url);
        var health = await endpoints.LookAsync(endpoint, cancellationToken);
        if (health?.PausedAt is not null) return new AttemptOutcome(AttemptVerdict.Paused, time.GetUtcNow());

        AttemptOutcome outcome;
        using (var entry = gate.Enter(delivery.CallerId, endpoint.Place, isFailing: health is not null, input.Refusals, input.Ticket))
        {
            if (entry.ComeBackAfter is { } wait) return new AttemptOutcome(AttemptVerdict.Busy, time.GetUtcNow(), RetryAfter: wait, Ticket: entry.Ticket);
            outcome = await SendAsync(input, cancellationToken);
            if (outcome.IsOurs != true) entry.Ended(outcome.Verdict == AttemptVerdict.Delivered, TimeSpan.FromMilliseconds(outcome.DurationMs));
        }

        await endpoints.NoteAsync(endpoint, outcome, cancellationToken);
        return outcome;
    }

    private async Task<AttemptOutcome> SendAsync(WebhookAttemptInput input, CancellationToken cancellationToken)
    {
        var webhook = input.Webhook;
        var data = await content.WriteDataAsync(webhook.Type, webhook.Subject, cancellationToken);
        var body = WebhookBody.Write(webhook.Type, webhook.Timestamp, data);
        var outcome = await sender.SendAsync(webhook.Url, webhook.Id, body, cancellationToken, webhook.CallerId, webhook.OwnSecret == true);
        LogAttempt(webhook.Id, input.Attempt, outcome.Verdict, outcome.Status, outcome.DurationMs, outcome.Error);
        return outcome;
    }

    [LoggerMessage(LogLevel.Information, "Webhook {EventId}, attempt {Attempt}: {Verdict}, status {Status}, {DurationMs} ms. {Error}")]
    private partial void LogAttempt(string eventId, int attempt, AttemptVerdict verdict, int? status, int durationMs, string? error);
}

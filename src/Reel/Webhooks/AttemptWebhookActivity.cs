using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Which attempt at which event.</summary>
/// <param name="Attempt">1 for the first.</param>
public sealed record WebhookAttemptInput(WebhookEvent Webhook, int Attempt);

/// <summary>One attempt at delivering an event: writes the body, signs it, sends it.</summary>
public sealed partial class AttemptWebhookActivity(WebhookSender sender, IWebhookContent content, ILogger<AttemptWebhookActivity> logger)
    : IActivity<WebhookAttemptInput, AttemptOutcome>
{
    /// <summary>The activity's name in histories.</summary>
    public const string FunctionName = "AttemptWebhook";

    /// <summary>The activity's name with its types.</summary>
    public static ActivityName<WebhookAttemptInput, AttemptOutcome> Name { get; } = new(FunctionName);

    public async Task<AttemptOutcome> RunAsync(WebhookAttemptInput input, CancellationToken cancellationToken)
    {
        var webhook = input.Webhook;
        var data = await content.WriteDataAsync(webhook.Type, webhook.Subject, cancellationToken);
        var body = WebhookBody.Write(webhook.Type, webhook.Timestamp, data);
        var outcome = await sender.SendAsync(webhook.Url, webhook.Id, body, cancellationToken, webhook.CallerId);
        LogAttempt(webhook.Id, input.Attempt, outcome.Verdict, outcome.Status, outcome.DurationMs, outcome.Error);
        return outcome;
    }

    [LoggerMessage(LogLevel.Information, "Webhook {EventId}, attempt {Attempt}: {Verdict}, status {Status}, {DurationMs} ms. {Error}")]
    private partial void LogAttempt(string eventId, int attempt, AttemptVerdict verdict, int? status, int durationMs, string? error);
}

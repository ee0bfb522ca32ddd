using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>The orchestration that delivers one event: attempt, durable timer, attempt, until it is heard or is of no more use.</summary>
public static partial class WebhookDelivery
{
    /// <summary>The orchestration's name in histories.</summary>
    public const string FunctionName = "DeliverWebhook";

    private const int GoneStatus = 410;

    /// <summary>The orchestration's name with its types.</summary>
    public static OrchestrationName<WebhookEvent, DeliveryResult> Name { get; } = new(FunctionName);

    public static async Task<DeliveryResult> RunAsync(IOrchestrationContext context, WebhookEvent webhook)
    {
        var logger = context.CreateReplaySafeLogger(typeof(WebhookDelivery).FullName!);
        var schedule = webhook.Schedule ?? DeliverySchedule.Default;
        var progress = DeliveryProgress.Begin(webhook);
        AttemptOutcome? last = null;
        DeliveryEnd? end = null;
        for (var attempt = 1; end is null; attempt++)
        {
            var due = DeliverySchedule.Due(context.UtcNow, webhook.Id, attempt, schedule[attempt - 1], last?.RetryAfter);
            context.SetCustomStatus(progress with { NextAttemptAt = due });
            while (context.UtcNow < due) await context.CreateTimer(due);

            last = await AttemptAsync(context, logger, webhook, attempt);
            progress = progress.After(attempt, last);
            end = EndAfter(last, attempt, schedule.Count);
        }

        context.SetCustomStatus(progress = progress.End(end.Value));
        LogEnd(logger, webhook.Id, end.Value, progress.Attempts);
        return new DeliveryResult(progress.State, end.Value, progress.Attempts, last!.Status);
    }

    private static async Task<AttemptOutcome> AttemptAsync(
        IOrchestrationContext context, ILogger logger, WebhookEvent webhook, int attempt)
    {
        try
        {
            return await context.CallAsync(AttemptWebhookActivity.Name, new WebhookAttemptInput(webhook, attempt));
        }
        catch (TaskFailedException e)
        {
            // A fault on this side, such as a store that does not answer while links are made: one attempt lost, not the delivery. The
            // status is read by the caller, so the reason stays in the log.
            LogFault(logger, webhook.Id, attempt, e.Reason);
            return new AttemptOutcome(AttemptVerdict.Failed, context.UtcNow, Error: "the attempt failed before anything was sent");
        }
    }

    private static DeliveryEnd? EndAfter(AttemptOutcome outcome, int attempt, int attempts) => outcome switch
    {
        { Verdict: AttemptVerdict.Delivered } => DeliveryEnd.Heard,
        { Status: GoneStatus } => DeliveryEnd.Gone,
        { AbortRequested: true } => DeliveryEnd.Aborted,
        _ => attempt == attempts ? DeliveryEnd.Exhausted : null,
    };

    [LoggerMessage(LogLevel.Error, "Webhook {EventId}, attempt {Attempt} failed before anything was sent: {Reason}")]
    private static partial void LogFault(ILogger logger, string eventId, int attempt, string reason);

    [LoggerMessage(LogLevel.Information, "Webhook {EventId} ended {End} after {Attempts} attempts")]
    private static partial void LogEnd(ILogger logger, string eventId, DeliveryEnd end, int attempts);
}

using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Reel.Functions.Durable;
using Reel.Webhooks;

namespace Reel.Functions;

/// <summary>The functions of a webhook's delivery; what they do is in Reel.</summary>
public sealed class WebhookFunctions(AttemptWebhookActivity attempt)
{
    [Function(WebhookDelivery.FunctionName)]
    public static Task<DeliveryResult> DeliverAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<WebhookEvent, DeliveryResult>(WebhookDelivery.RunAsync);

    [Function(AttemptWebhookActivity.FunctionName)]
    public Task<AttemptOutcome> AttemptAsync([ActivityTrigger] WebhookAttemptInput input, CancellationToken cancellationToken) =>
        attempt.RunAsync(input, cancellationToken);
}

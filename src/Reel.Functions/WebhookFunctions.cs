using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.Functions.Durable;
using Reel.Webhooks;

namespace Reel.Functions;

/// <summary>The functions of a webhook's delivery; what they do is in Reel.</summary>
public sealed class WebhookFunctions(BoundDurableClient bound, AttemptWebhookActivity attempt, StartDeliveryActivity start)
{
    [Function(WebhookDelivery.FunctionName)]
    public static Task<DeliveryResult> DeliverAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<WebhookEvent, DeliveryResult>(WebhookDelivery.RunAsync);

    [Function(AttemptWebhookActivity.FunctionName)]
    public Task<AttemptOutcome> AttemptAsync([ActivityTrigger] WebhookAttemptInput input, CancellationToken cancellationToken) =>
        attempt.RunAsync(input, cancellationToken);

    [Function(StartDeliveryActivity.FunctionName)]
    public Task<bool> StartAsync(
        [ActivityTrigger] StartDeliveryInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        bound.Client = client;
        return start.RunAsync(input, cancellationToken);
    }
}

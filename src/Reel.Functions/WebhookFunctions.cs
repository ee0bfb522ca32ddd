using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.Functions.Durable;
using Reel.Webhooks;

namespace Reel.Functions;

/// <summary>The functions of webhooks; what they do is in Reel.</summary>
public sealed class WebhookFunctions(
    BoundDurableClient bound, AttemptWebhookActivity attempt, StartDeliveryActivity start, SettleDeliveryActivity settle, ResendMissedActivity resend)
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

    [Function(SettleDeliveryActivity.FunctionName)]
    public Task<bool> SettleAsync([ActivityTrigger] SettleDeliveryInput input, CancellationToken cancellationToken) => settle.RunAsync(input, cancellationToken);

    [Function(ResendMissed.FunctionName)]
    public static Task<int> ResendAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<ResendMissedInput, int>(ResendMissed.RunAsync);

    [Function(ResendMissedActivity.FunctionName)]
    public Task<ResendStep> ResendSomeAsync(
        [ActivityTrigger] ResendMissedInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        bound.Client = client;
        return resend.RunAsync(input, cancellationToken);
    }
}

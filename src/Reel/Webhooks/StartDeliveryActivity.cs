using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Which delivery to start.</summary>
/// <param name="InstanceId">Of the delivery.</param>
public sealed record StartDeliveryInput(string InstanceId, WebhookEvent Webhook);

/// <summary>Starts a delivery that nobody waits for. An id that exists is never run again, so this is safe to repeat.</summary>
public sealed class StartDeliveryActivity(IOrchestrationClient client) : IActivity<StartDeliveryInput, bool>
{
    /// <summary>The activity's name in histories.</summary>
    public const string FunctionName = "StartDelivery";

    /// <summary>The activity's name with its types.</summary>
    public static ActivityName<StartDeliveryInput, bool> Name { get; } = new(FunctionName);

    public async Task<bool> RunAsync(StartDeliveryInput input, CancellationToken cancellationToken)
    {
        await client.StartAsync(WebhookDelivery.Name, input.InstanceId, input.Webhook, cancellationToken);
        return true;
    }
}

using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Which delivery ended, and how.</summary>
/// <param name="InstanceId">Of the delivery.</param>
/// <param name="HappenedAt">The event's time.</param>
public sealed record SettleDeliveryInput(string InstanceId, string EventId, DateTimeOffset HappenedAt, string Url, DeliveryEnd End);

/// <summary>Keeps the list of what an endpoint has missed: puts an unheard event there, and takes one away that a redelivery brought. Safe to repeat.</summary>
public sealed class SettleDeliveryActivity(MissedEvents missed, Deliveries deliveries) : IActivity<SettleDeliveryInput, bool>
{
    /// <summary>The activity's name in histories.</summary>
    public const string FunctionName = "SettleDelivery";

    /// <summary>The activity's name with its types.</summary>
    public static ActivityName<SettleDeliveryInput, bool> Name { get; } = new(FunctionName);

    public async Task<bool> RunAsync(SettleDeliveryInput input, CancellationToken cancellationToken)
    {
        if (DeliveryIds.Parse(input.InstanceId) is not { } delivery) return false;
        var endpoint = WebhookEndpoint.Of(delivery.CallerId, input.Url);
        if (input.End != DeliveryEnd.Heard)
            await missed.RememberAsync(endpoint, new MissedEvent(endpoint.Url, input.InstanceId, input.EventId, input.HappenedAt, input.End), cancellationToken);

        // A note that was long in coming may come after a redelivery that was heard. Looked for after it is written: one that is heard later takes it away itself.
        if (input.End == DeliveryEnd.Heard || await IsHeardLaterAsync(delivery, input.EventId, cancellationToken))
            await missed.ForgetAsync(endpoint, input.HappenedAt, input.EventId, cancellationToken);
        return true;
    }

    private async Task<bool> IsHeardLaterAsync(DeliveryName name, string eventId, CancellationToken cancellationToken) =>
        (await deliveries.ListAsync(name.CallerId, name.SubjectId, cancellationToken)).Any(other =>
            other.Webhook.Id == eventId && other.Name.Number > name.Number && other.Progress.State == DeliveryState.Delivered);
}

using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>Begins redeliveries of the next few events that an endpoint has missed. Safe to repeat: one that is under way is left as it is.</summary>
public sealed partial class ResendMissedActivity(
    MissedEvents missed, Deliveries deliveries, EndpointRecords endpoints, ILogger<ResendMissedActivity> logger) : IActivity<ResendMissedInput, ResendStep>
{
    /// <summary>The activity's name in histories.</summary>
    public const string FunctionName = "ResendMissedEvents";

    private const int AtOnce = 20;

    /// <summary>The activity's name with its types.</summary>
    public static ActivityName<ResendMissedInput, ResendStep> Name { get; } = new(FunctionName);

    public async Task<ResendStep> RunAsync(ResendMissedInput input, CancellationToken cancellationToken)
    {
        var endpoint = new WebhookEndpoint(input.CallerId, input.Url);
        if (await endpoints.ReadAsync(endpoint, cancellationToken) is { } health)
            return new ResendStep(input with { Setbacks = input.Setbacks + 1 }, IsOver: health.PausedAt is not null);

        var next = input with { Setbacks = 0 };
        await foreach (var name in missed.ListAsync(endpoint, input.After, cancellationToken))
        {
            if (next.Sent - input.Sent == AtOnce) return new ResendStep(next, IsOver: false);
            if (await missed.ReadAsync(name, cancellationToken) is { } one && await ResendAsync(endpoint, one, cancellationToken)) next = next with { Sent = next.Sent + 1 };
            next = next with { After = name };
        }

        LogResent(endpoint.CallerId, endpoint.Host, endpoint.Key, next.Sent);
        return new ResendStep(next, IsOver: true);
    }

    private async Task<bool> ResendAsync(WebhookEndpoint endpoint, MissedEvent one, CancellationToken cancellationToken)
    {
        var redelivery = DeliveryIds.Parse(one.InstanceId) is { } name
            ? await deliveries.RedeliverAsync(name.CallerId, name.SubjectId, webhook => webhook.Id == one.EventId, wake: false, cancellationToken)
            : new Redelivery(RedeliveryKind.NoEvent);

        // Its request was deleted, or is past its retention.
        if (redelivery.Kind == RedeliveryKind.NoEvent) await missed.ForgetAsync(endpoint, one.HappenedAt, one.EventId, cancellationToken);
        return redelivery.Kind == RedeliveryKind.Started;
    }

    [LoggerMessage(LogLevel.Information, "The webhook endpoint {Key} of {CallerId} at {Host} is sent what it has missed: {Count} events")]
    private partial void LogResent(string callerId, string host, string key, int count);
}

using Microsoft.Extensions.Logging;
using Reel.Orchestration;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>
/// Deletes requests: what they cost is noted (<see cref="UsageRecords"/>), then the video goes, then the webhooks' deliveries, and the instance last, so that
/// a deletion that was broken off at any point is finished by repeating it. The submission record stays until it is swept: whatever may start the
/// request again by a late duplicate finds there that it must not be posted again.
/// </summary>
public sealed partial class Deletion(
    GenerationStore generations,
    IOrchestrationClient client,
    UsageRecords usage,
    VideoStore videos,
    Deliveries deliveries,
    MissedEvents missed,
    TimeProvider time,
    ILogger<Deletion> logger)
{
    // Azure's engine ends an instance a moment after it was told to.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Deletes a caller's request, its video, and what is under way for its webhook.</summary>
    /// <exception cref="OrchestrationUnavailableException">The engine does not come to an end with it; to be repeated.</exception>
    public async Task<DeletionOutcome> DeleteAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        if (await generations.FindAsync(callerId, requestId, cancellationToken) is not { } found) return DeletionOutcome.NotFound;
        if (!found.State.IsFinal) return DeletionOutcome.UnderWay;

        // First, since one that was never begun is gone for callers with the note of its cost.
        await generations.ForgetContentAsync(found.Request, cancellationToken);
        await usage.RememberAsync(found, cancellationToken);

        // Not only where the state names one: a save that was under way when the request was cancelled may have come to its end.
        await videos.DeleteAsync(SavedVideo.NameOf(callerId, requestId), cancellationToken);

        // It waits for its deliveries: ended first, so that it begins none.
        var instance = InstanceIds.Of(callerId, requestId);
        await EndAsync(instance, cancellationToken);
        await RemoveDeliveriesAsync(callerId, requestId, cancellationToken);
        await client.PurgeAsync(instance, cancellationToken);

        // Once more: the start of one may have been on its way when the request was ended.
        await RemoveDeliveriesAsync(callerId, requestId, cancellationToken);
        LogDeleted(logger, requestId);
        return DeletionOutcome.Deleted;
    }

    private async Task RemoveDeliveriesAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        foreach (var delivery in await deliveries.ListAsync(callerId, requestId, cancellationToken)) await RemoveAsync(delivery, cancellationToken);
    }

    private async Task RemoveAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var instance = Deliveries.InstanceOf(delivery.Name);
        await EndAsync(instance, cancellationToken);

        // Ended first, or it could say once more that nobody heard it.
        var webhook = delivery.Webhook;
        await missed.ForgetAsync(WebhookEndpoint.Of(delivery.Name.CallerId, webhook.Url), webhook.Timestamp, webhook.Id, cancellationToken);
        await client.PurgeAsync(instance, cancellationToken);
    }

    /// <summary>Sees to it that an instance, if there is one, is finished.</summary>
    private async Task EndAsync(string instanceId, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var isTold = false; await client.GetAsync(instanceId, cancellationToken) is { Status: RuntimeStatus.Pending or RuntimeStatus.Running }; isTold = true)
        {
            if (!isTold) await client.TerminateAsync(instanceId, "Its request was deleted.", cancellationToken);
            else if (time.GetElapsedTime(began) > EndLimit) throw new OrchestrationUnavailableException("An instance that was told to end has not ended yet.");
            else await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId} was deleted.")]
    private static partial void LogDeleted(ILogger logger, string requestId);
}

/// <summary>What became of a deletion.</summary>
public enum DeletionOutcome
{
    /// <summary>There is nothing left of it but what it cost.</summary>
    Deleted,

    /// <summary>This caller has no request of this id.</summary>
    NotFound,

    /// <summary>It is not final; nothing was deleted.</summary>
    UnderWay,
}

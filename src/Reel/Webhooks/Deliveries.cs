using Reel.Orchestration;

namespace Reel.Webhooks;

/// <summary>A delivery as it stands.</summary>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="IsOpen">Attempts may follow.</param>
public sealed record Delivery(DeliveryName Name, WebhookEvent Webhook, DeliveryProgress Progress, DateTimeOffset StartedAt, bool IsOpen);

/// <summary>What became of a wish for a redelivery.</summary>
/// <param name="Delivery">With the first three.</param>
public sealed record Redelivery(RedeliveryKind Kind, Delivery? Delivery = null);

/// <summary>The ends of a wish for a redelivery.</summary>
public enum RedeliveryKind
{
    /// <summary>A new delivery was begun.</summary>
    Started,

    /// <summary>One is under way and was told to make an attempt now.</summary>
    Woken,

    /// <summary>One was begun just now; or one is under way that has just made an attempt, is about to, or cannot be told to.</summary>
    UnderWay,

    /// <summary>There is no such event.</summary>
    NoEvent,

    /// <summary>There were as many as may be asked for one by one.</summary>
    TooMany,
}

/// <summary>The deliveries of requests and batches, over the durable engine.</summary>
public sealed class Deliveries(IOrchestrationClient client, TimeProvider time)
{
    /// <summary>How long after an attempt nobody can ask for another one.</summary>
    public static readonly TimeSpan LeastBetweenAttempts = TimeSpan.FromSeconds(10);

    private const int PageSize = 100;
    private const int MostRounds = 3;

    // What is told when all is over; what is told on the way there is of no more use then.
    private static readonly string[] FinalTypes = [WebhookTypes.VideoCompleted, WebhookTypes.VideoFailed, WebhookTypes.BatchCompleted];

    /// <summary>All deliveries of a request or a batch, oldest first.</summary>
    public async Task<IReadOnlyList<Delivery>> ListAsync(string callerId, string subjectId, CancellationToken cancellationToken)
    {
        List<Delivery> found = [];
        string? token = null;
        do
        {
            var page = await client.ListAsync(
                new OrchestrationQuery(DeliveryIds.PrefixOf(callerId, subjectId), PageSize: PageSize, ContinuationToken: token), cancellationToken);
            found.AddRange(page.Instances.Select(Read).OfType<Delivery>());
            token = page.ContinuationToken;
        }
        while (token is not null);

        return [.. found.OrderBy(delivery => delivery.StartedAt).ThenBy(delivery => delivery.Name.Number)];
    }

    /// <summary>
    /// Sends an event again, under its own id. While a delivery of it is under way, that one is told to make an attempt now, and none is begun: however often
    /// and at once this is called, there is one at a time.
    /// </summary>
    /// <param name="choose">Among the deliveries of the request, those of the event.</param>
    /// <param name="wake">
    /// Asked for by hand: one that is under way is disturbed, none is begun right after another, and there are <see cref="DeliveryIds.MostRedeliveries"/> at
    /// the most. What an endpoint has missed is sent whatever was asked for by hand.
    /// </param>
    public async Task<Redelivery> RedeliverAsync(
        string callerId, string subjectId, Func<WebhookEvent, bool> choose, bool wake, CancellationToken cancellationToken)
    {
        // Each round but the last means that a delivery has ended since it was looked at.
        for (var rounds = 0; rounds < MostRounds; rounds++)
        {
            var ofEvent = (await ListAsync(callerId, subjectId, cancellationToken)).Where(delivery => choose(delivery.Webhook)).ToList();
            if (ofEvent.Count == 0) return new Redelivery(RedeliveryKind.NoEvent);

            // An earlier event of another type may have been chosen as well: the last one counts.
            var last = ofEvent[^1];
            ofEvent.RemoveAll(delivery => delivery.Webhook.Id != last.Webhook.Id);
            if (ofEvent.Find(delivery => delivery.IsOpen) is not { } open)
            {
                // One to a receiver that answers at once has ended before the next call of a burst comes: those that follow are not to use up what there may be.
                if (wake && last.Name.Number > 0 && time.GetUtcNow() - last.StartedAt < LeastBetweenAttempts) return new Redelivery(RedeliveryKind.UnderWay, last);
                return await StartAsync(ofEvent, isLimited: wake, cancellationToken);
            }

            if (!wake || !IsToBeWoken(open)) return new Redelivery(RedeliveryKind.UnderWay, open);

            var instance = InstanceOf(open.Name);
            if (await client.RaiseEventAsync(instance, WebhookDelivery.WakeEvent, null, cancellationToken) == EventOutcome.Raised)
                return new Redelivery(RedeliveryKind.Woken, open with { Progress = open.Progress with { NextAttemptAt = time.GetUtcNow() } });
        }

        throw new OrchestrationUnavailableException("A delivery that is under way cannot be told of it.");
    }

    /// <summary>Chooses the event that tells the end.</summary>
    public static bool IsFinal(WebhookEvent webhook) => FinalTypes.Contains(webhook.Type);

    /// <summary>The instance of a delivery.</summary>
    public static string InstanceOf(DeliveryName name) => name.Number == 0 ? name.FirstId : DeliveryIds.Redelivery(name.FirstId, name.Number);

    private async Task<Redelivery> StartAsync(List<Delivery> before, bool isLimited, CancellationToken cancellationToken)
    {
        var number = before.Max(delivery => delivery.Name.Number) + 1;
        if (isLimited && number > DeliveryIds.MostRedeliveries) return new Redelivery(RedeliveryKind.TooMany);

        // Whoever asks waits for it, whatever a schedule begins with.
        var (name, webhook) = (before[0].Name with { Number = number }, before[0].Webhook);
        if (webhook.Schedule is { } schedule) webhook = webhook with { Schedule = [TimeSpan.Zero, .. schedule.Skip(1)] };

        // Of several who find the same number one starts it, and the others see it started.
        await client.StartAsync(WebhookDelivery.Name, InstanceOf(name), webhook, cancellationToken);
        var now = time.GetUtcNow();
        return new Redelivery(
            RedeliveryKind.Started, new Delivery(name, webhook, DeliveryProgress.Begin(webhook) with { NextAttemptAt = now }, now, IsOpen: true));
    }

    private bool IsToBeWoken(Delivery open)
    {
        var now = time.GetUtcNow();
        var began = open.Progress.Recent is [.., var last] ? last.At : open.StartedAt;
        var isHeeded = open.Progress is { WaitsForRoom: null, Woken: null or < WebhookDelivery.MostWoken };
        return isHeeded && now - began >= LeastBetweenAttempts && open.Progress.NextAttemptAt > now;
    }

    private static Delivery? Read(OrchestrationInstance instance)
    {
        if (DeliveryIds.Parse(instance.InstanceId) is not { } name || OrchestrationJson.Read<WebhookEvent>(instance.Input) is not { } webhook) return null;
        var progress = OrchestrationJson.Read<DeliveryProgress>(instance.CustomStatus) ?? webhook.Resume?.Progress ?? DeliveryProgress.Begin(webhook);
        if (progress.State == DeliveryState.Pending && instance.Status is RuntimeStatus.Failed or RuntimeStatus.Terminated) progress = progress.End(DeliveryEnd.Broken);
        return new Delivery(name, webhook with { Resume = null }, progress, webhook.Resume?.StartedAt ?? instance.CreatedAt, progress.State == DeliveryState.Pending);
    }
}

using Reel.Orchestration;
using Reel.Records;

namespace Reel.Webhooks;

/// <summary>An endpoint that fails or has missed something.</summary>
/// <param name="Health">Null for one that is well again.</param>
/// <param name="Missed">How many events it has missed.</param>
public sealed record EndpointStand(string Url, EndpointHealth? Health, int Missed)
{
    /// <summary>How it stands.</summary>
    public EndpointState State => Health switch
    {
        null => EndpointState.Healthy,
        { PausedAt: null } => EndpointState.Failing,
        _ => EndpointState.Paused,
    };
}

/// <summary>The endpoints of callers: which of them are in trouble, and their resuming.</summary>
public sealed class WebhookEndpoints(EndpointRecords endpoints, MissedEvents missed, RecordStore records, IOrchestrationClient client)
{
    private const int PageSize = 100;
    private const string Extension = ".json";

    /// <summary>A page of the endpoints that fail, are paused or have missed something, in an order that stays.</summary>
    /// <param name="after">The last one's key of the page before.</param>
    public async Task<(IReadOnlyList<EndpointStand> Endpoints, string? Next)> ListAsync(
        string callerId, int size, string? after, CancellationToken cancellationToken)
    {
        var prefix = EndpointRecords.PrefixOf(callerId);
        var counts = await missed.CountAsync(callerId, cancellationToken);
        var keys = new SortedSet<string>(counts.Keys, StringComparer.Ordinal);
        await foreach (var name in records.ListAsync(prefix, cancellationToken)) keys.Add(name[prefix.Length..^Extension.Length]);

        List<EndpointStand> found = [];
        string? last = null;
        foreach (var key in keys.Where(key => string.CompareOrdinal(key, after) > 0))
        {
            if (found.Count == size) return (found, last);
            var (count, oldest) = counts.GetValueOrDefault(key);
            var health = (await records.ReadAsync<EndpointHealth>($"{prefix}{key}{Extension}", cancellationToken))?.Value;
            var url = health?.Url ?? (oldest is null ? null : (await missed.ReadAsync(oldest, cancellationToken))?.Url);

            // Without a URL, it has recovered since the names were listed.
            if (url is not null) found.Add(new EndpointStand(url, health, count));
            last = key;
        }

        return (found, null);
    }

    /// <summary>How an endpoint stands; null when nothing is known against it.</summary>
    public async Task<EndpointStand?> FindAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var health = await endpoints.ReadAsync(endpoint, cancellationToken);
        var count = 0;
        await foreach (var _ in missed.ListAsync(endpoint, null, cancellationToken)) count++;
        return health is null && count == 0 ? null : new EndpointStand(endpoint.Url, health, count);
    }

    /// <summary>Lets attempts be made again; and, where that is wanted, sends what was missed. Repeating it changes nothing while that lasts.</summary>
    public async Task ResumeAsync(WebhookEndpoint endpoint, bool redeliver, CancellationToken cancellationToken)
    {
        await endpoints.ResumeAsync(endpoint, cancellationToken);
        if (!redeliver) return;

        var number = 1;
        string? token = null;
        do
        {
            var page = await client.ListAsync(
                new OrchestrationQuery(DeliveryIds.PrefixOfResend(endpoint), PageSize: PageSize, ContinuationToken: token), cancellationToken);
            if (page.Instances.Any(instance => instance.Status is RuntimeStatus.Pending or RuntimeStatus.Running)) return;
            if (page.Instances is [.., var last]) number = DeliveryIds.NumberOfResend(last.InstanceId) + 1;
            token = page.ContinuationToken;
        }
        while (token is not null);

        await client.StartAsync(ResendMissed.Name, DeliveryIds.Resend(endpoint, number), new ResendMissedInput(endpoint.CallerId, endpoint.Url), cancellationToken);
    }
}

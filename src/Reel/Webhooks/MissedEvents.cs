using System.Globalization;
using System.Runtime.CompilerServices;
using Reel.Records;

namespace Reel.Webhooks;

/// <summary>An event that nobody heard.</summary>
/// <param name="Url">The endpoint's: without its query.</param>
/// <param name="InstanceId">Of the delivery that ended so; what it had to say is in there.</param>
/// <param name="HappenedAt">The event's time.</param>
/// <param name="End">Why it ended.</param>
public sealed record MissedEvent(string Url, string InstanceId, string EventId, DateTimeOffset HappenedAt, DeliveryEnd End);

/// <summary>
/// What each endpoint has missed: a record for each event, from the end of its delivery until a redelivery is heard. Names are in the order of the events,
/// so listing them is enough to count, and gives the oldest first.
/// </summary>
public sealed class MissedEvents(RecordStore records)
{
    /// <summary>What all records' names begin with.</summary>
    public const string Prefix = "missed/";

    /// <summary>Notes an event; repeating it changes nothing.</summary>
    public Task RememberAsync(WebhookEndpoint endpoint, MissedEvent missed, CancellationToken cancellationToken) =>
        records.CreateAsync(NameOf(endpoint, missed.HappenedAt, missed.EventId), missed, cancellationToken);

    /// <summary>Takes an event from the list; repeating it changes nothing.</summary>
    public Task ForgetAsync(WebhookEndpoint endpoint, DateTimeOffset happenedAt, string eventId, CancellationToken cancellationToken) =>
        records.DeleteAsync(NameOf(endpoint, happenedAt, eventId), cancellationToken);

    /// <summary>How many each of a caller's endpoints has missed, by <see cref="WebhookEndpoint.Key"/>, with the name of its oldest.</summary>
    public async Task<IReadOnlyDictionary<string, (int Count, string Oldest)>> CountAsync(string callerId, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, (int Count, string Oldest)>(StringComparer.Ordinal);
        await foreach (var name in records.ListAsync($"{Prefix}{callerId}/", cancellationToken))
        {
            var key = name.Split('/')[2];
            counts[key] = counts.TryGetValue(key, out var before) ? (before.Count + 1, before.Oldest) : (1, name);
        }

        return counts;
    }

    /// <summary>The names of what an endpoint has missed, oldest first.</summary>
    /// <param name="after">Only those after this one; null for all.</param>
    public async IAsyncEnumerable<string> ListAsync(
        WebhookEndpoint endpoint, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in records.ListAsync(PrefixOf(endpoint), cancellationToken))
        {
            if (string.CompareOrdinal(name, after) > 0) yield return name;
        }
    }

    /// <summary>A missed event; null when it was heard or deleted meanwhile.</summary>
    public async Task<MissedEvent?> ReadAsync(string name, CancellationToken cancellationToken) =>
        (await records.ReadAsync<MissedEvent>(name, cancellationToken))?.Value;

    private static string PrefixOf(WebhookEndpoint endpoint) => $"{Prefix}{endpoint.CallerId}/{endpoint.Key}/";

    private static string NameOf(WebhookEndpoint endpoint, DateTimeOffset happenedAt, string eventId) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(endpoint)}{happenedAt.UtcDateTime:yyyyMMddHHmmssfffffff}_{eventId}.json");
}

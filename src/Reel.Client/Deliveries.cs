using System.Text.Json.Nodes;

namespace Reel.Client;

/// <summary>What became of the webhooks of requests and batches.</summary>
public sealed class Deliveries
{
    private readonly Connection connection;

    internal Deliveries(Connection connection) => this.connection = connection;

    /// <summary>All of a request, oldest first.</summary>
    public Task<IReadOnlyList<ReelDelivery>> ListAsync(string requestId, CancellationToken cancellationToken = default) =>
        ListAtAsync($"v2/requests/{Paths.Segment(requestId)}", cancellationToken);

    /// <summary>Those of a batch's own webhook, oldest first; those of its requests are at the requests.</summary>
    public Task<IReadOnlyList<ReelDelivery>> ListOfBatchAsync(string batchId, CancellationToken cancellationToken = default) =>
        ListAtAsync($"v2/batches/{Paths.Segment(batchId)}", cancellationToken);

    /// <summary>Sends an event of a request again. Asked twice it may be sent twice, so a call without an answer is not repeated.</summary>
    /// <param name="chosen">Its type, such as <c>video.queued</c>, or its id, <c>evt_…</c>; null for the one that tells the end.</param>
    public Task<ReelDelivery> RedeliverAsync(string requestId, string? chosen = null, CancellationToken cancellationToken = default) =>
        RedeliverAtAsync($"v2/requests/{Paths.Segment(requestId)}", chosen, cancellationToken);

    /// <summary>The same with an event of a batch.</summary>
    public Task<ReelDelivery> RedeliverOfBatchAsync(string batchId, string? chosen = null, CancellationToken cancellationToken = default) =>
        RedeliverAtAsync($"v2/batches/{Paths.Segment(batchId)}", chosen, cancellationToken);

    private async Task<IReadOnlyList<ReelDelivery>> ListAtAsync(string path, CancellationToken cancellationToken)
    {
        var list = await connection.GetAsync($"{path}/deliveries", ClientJson.Default.DeliveryList, cancellationToken);
        return [.. list.Deliveries.Select(json => Connection.Read(json, ClientJson.Default.ReelDelivery))];
    }

    private Task<ReelDelivery> RedeliverAtAsync(string path, string? chosen, CancellationToken cancellationToken)
    {
        var body = chosen is null ? null : new JsonObject { [chosen.StartsWith("evt_", StringComparison.Ordinal) ? "event_id" : "type"] = chosen }.ToJsonString();
        var call = new Call(HttpMethod.Post, $"{path}/deliveries/redeliver") { Content = body is null ? null : () => Requests.Json(body) };
        return connection.SendAsync(call, ClientJson.Default.ReelDelivery, cancellationToken);
    }
}

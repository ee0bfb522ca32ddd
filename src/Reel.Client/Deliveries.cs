namespace Reel.Client;

/// <summary>What became of a request's webhooks.</summary>
public sealed class Deliveries
{
    private readonly Connection connection;

    internal Deliveries(Connection connection) => this.connection = connection;

    /// <summary>All of them, oldest first.</summary>
    public async Task<IReadOnlyList<ReelDelivery>> ListAsync(string requestId, CancellationToken cancellationToken = default)
    {
        var list = await connection.GetAsync($"v2/requests/{Paths.Segment(requestId)}/deliveries", ClientJson.Default.DeliveryList, cancellationToken);
        return [.. list.Deliveries.Select(json => Connection.Read(json, ClientJson.Default.ReelDelivery))];
    }

    /// <summary>Sends the event of a request's end again. Asked twice it may be sent twice, so a call without an answer is not repeated.</summary>
    public Task<ReelDelivery> RedeliverAsync(string requestId, CancellationToken cancellationToken = default) => connection.SendAsync(
        new Call(HttpMethod.Post, $"v2/requests/{Paths.Segment(requestId)}/deliveries/redeliver"), ClientJson.Default.ReelDelivery, cancellationToken);
}

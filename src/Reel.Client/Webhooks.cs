using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Reel.Client;

/// <summary>The receivers of a caller's webhooks, and what they verify them with.</summary>
public sealed class Webhooks
{
    private readonly Connection connection;

    internal Webhooks(Connection connection) => this.connection = connection;

    /// <summary>The endpoints that fail, are paused or have missed something, fetched by page as they are asked for.</summary>
    public async IAsyncEnumerable<ReelEndpoint> EndpointsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await connection.GetAsync(Paths.WithQuery("v2/webhooks/endpoints", ("limit", "100"), ("cursor", cursor)), ClientJson.Default.EndpointPage, cancellationToken);
            foreach (var json in page.Endpoints) yield return Connection.Read(json, ClientJson.Default.ReelEndpoint);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Has an endpoint sent to again.</summary>
    /// <param name="url">The endpoint's; its query does not matter.</param>
    /// <param name="redeliver">Whether it is also sent what it has missed; asked twice, that may be sent twice, so such a call is not repeated.</param>
    public Task<ReelEndpoint> ResumeAsync(Uri url, bool redeliver = false, CancellationToken cancellationToken = default)
    {
        var body = new JsonObject { ["url"] = url.AbsoluteUri, ["redeliver"] = redeliver }.ToJsonString();
        var call = new Call(HttpMethod.Post, "v2/webhooks/endpoints/resume") { Content = () => Requests.Json(body), MayRepeat = !redeliver };
        return connection.SendAsync(call, ClientJson.Default.ReelEndpoint, cancellationToken);
    }

    /// <summary>The public keys that webhooks can be verified with.</summary>
    public Task<ReelWebhookKeys> KeysAsync(CancellationToken cancellationToken = default) =>
        connection.GetAsync("v2/webhooks/keys", ClientJson.Default.ReelWebhookKeys, cancellationToken);
}

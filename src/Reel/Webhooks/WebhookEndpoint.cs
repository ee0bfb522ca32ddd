using System.Security.Cryptography;
using System.Text;

namespace Reel.Webhooks;

/// <summary>
/// Where a caller's webhooks go: one receiver. The query is not part of it, since many callers put something of each request there; what is sent goes to
/// the whole URL.
/// </summary>
/// <param name="Url">Without its query.</param>
public sealed record WebhookEndpoint(string CallerId, string Url)
{
    /// <summary>The URL's name in records and instance ids.</summary>
    public string Key { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Url)))[..32];

    /// <summary>Scheme, host and port: what may hang, whatever the path. The caller is in it, so that none is slowed down by what another one has.</summary>
    public string Place => $"{CallerId} {new Uri(Url).GetLeftPart(UriPartial.Authority)}";

    /// <summary>For logs: a path may hold a secret.</summary>
    public string Host => new Uri(Url).IdnHost;

    /// <summary>The endpoint of a URL.</summary>
    /// <param name="url">In its canonical spelling; see <see cref="WebhookIntake.TryAccept"/>.</param>
    public static WebhookEndpoint Of(string callerId, string url) => new(callerId, url.Split('?')[0]);
}

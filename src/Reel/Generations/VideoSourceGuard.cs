using Reel.Segmind;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>
/// Where a provider's link to a video may lead, redirects included: to https at public addresses, and to the provider's own origin, wherever that is,
/// since it is where the key is sent anyway. So an answer that is wrong or not the provider's reads nothing of an inner network.
/// </summary>
/// <param name="baseUrl"><see cref="SegmindOptions.BaseUrl"/>.</param>
/// <param name="elsewhere">For all that is not of that origin.</param>
public sealed class VideoSourceGuard(Uri baseUrl, DestinationGuard elsewhere)
{
    private static readonly DestinationGuard Anywhere = new(allowPrivateNetworks: true);

    /// <summary>Connects; an <see cref="OpenConnection"/>.</summary>
    /// <exception cref="SourceRefusedException">The link leads elsewhere.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // After a redirect, the request is the one that was redirected; so the place is taken from what is connected to, and only the scheme from there.
        var (url, place) = (context.InitialRequestMessage.RequestUri!, context.DnsEndPoint);
        var own = url.Scheme == baseUrl.Scheme && place.Port == baseUrl.Port && place.Host.Equals(baseUrl.IdnHost, StringComparison.OrdinalIgnoreCase);
        if (!own && url.Scheme != Uri.UriSchemeHttps) throw new SourceRefusedException("it is not https");
        try
        {
            return await (own ? Anywhere : elsewhere).ConnectAsync(context, cancellationToken);
        }
        catch (DestinationRefusedException refused)
        {
            throw new SourceRefusedException(refused.Message);
        }
    }
}

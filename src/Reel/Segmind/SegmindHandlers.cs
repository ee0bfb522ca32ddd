using System.Diagnostics;

namespace Reel.Segmind;

/// <summary>
/// The sockets below the client. Built by hand rather than by IHttpClientFactory, whose logging handlers would have to be told not to log the
/// key, and to whose handlers any host could add one that retries.
/// </summary>
internal static class SegmindHandlers
{
    /// <summary>For reads: pooled connections, renewed every two minutes so that a change of DNS is seen.</summary>
    public static SocketsHttpHandler ForReads(SegmindTimings timings, bool encrypted)
    {
        var handler = Create(timings, encrypted);
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        return handler;
    }

    /// <summary>
    /// For submits: a fresh connection for each. What SocketsHttpHandler does by itself, in .NET 10: it sends a request again, up to three times, when its
    /// connection closed before any of the answer came and the request has no body, or its body waited for "100 Continue" and had not begun,
    /// or a connection from the pool was found closed before use, or (HTTP/2) the server disowned the stream. A request over HTTP/1.1
    /// with a body and without Expect: 100-continue, whose connection breaks after the body began, is not sent again. Submits are such requests,
    /// on connections of their own: so there is no reused one that the server may just have closed, which
    /// would turn plain outcomes into unknown ones. A lifetime of zero has the pool dispose of a connection when it comes back, and refuse one that
    /// was opened for a request that did not wait. <see cref="SubmitContent"/> stands guard should any of this change.
    /// </summary>
    public static SocketsHttpHandler ForSubmits(SegmindTimings timings, bool encrypted)
    {
        var handler = Create(timings, encrypted);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }

    /// <summary>
    /// No redirects (the key would go along), no cookies, no decompression, no credentials. The machine's proxy settings (HTTPS_PROXY, NO_PROXY, …) hold for https, where a
    /// proxy only passes bytes on and cannot answer in the provider's name; for plain http (the emulator) there is no proxy. Requests are
    /// traced, but trace ids stay here.
    /// </summary>
    private static SocketsHttpHandler Create(SegmindTimings timings, bool encrypted) => new()
    {
        ConnectTimeout = timings.Connect,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = encrypted,
        MaxResponseHeadersLength = 32, // KiB
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    };
}

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
    /// For submits: a fresh connection for each. SocketsHttpHandler sends a request again by itself, up to three times, when a pooled
    /// connection turns out closed before use, when the connection closes before any of the answer came and the request has no body or a
    /// body that still waits for "100 Continue", and when an HTTP/2 server disowns the stream. It does not when a request over HTTP/1.1, with a
    /// body and without Expect: 100-continue, loses its connection after the body began. Submits are of that last kind, and on connections of
    /// their own: a reused one that the server is just closing would turn plain outcomes into unknown ones. With a lifetime of zero the pool
    /// disposes of a connection that comes back, and of one that was opened for a request that did not wait for it.
    /// <see cref="SubmitContent"/> stands guard should any of this change.
    /// </summary>
    public static SocketsHttpHandler ForSubmits(SegmindTimings timings, bool encrypted)
    {
        var handler = Create(timings, encrypted);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }

    /// <summary>
    /// No redirects (the key would go along), no cookies, no decompression, no credentials. The machine's proxy settings (HTTPS_PROXY,
    /// NO_PROXY, …) hold for https, where a proxy only passes bytes on and cannot answer in the provider's name: what it refuses comes as an
    /// exception before the body begins. For plain http (the emulator) there is no proxy. Requests are traced, but trace ids stay here.
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

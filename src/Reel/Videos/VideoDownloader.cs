using System.Net;
using Microsoft.Extensions.Options;

namespace Reel.Videos;

/// <summary>
/// A way to open the connections of a download, so that a guard can look at where they go; redirects included. It throws
/// <see cref="SourceRefusedException"/> for where it does not want to go.
/// </summary>
public delegate ValueTask<Stream> OpenConnection(SocketsHttpConnectionContext context, CancellationToken cancellationToken);

/// <summary>
/// Fetches videos. It sends no key and no cookie and uses no proxy, whatever the environment says. It follows three redirects, since a provider's
/// files may move to a CDN; never one from https to http. Bytes come as they are stored: no content encoding is asked for.
/// </summary>
public sealed class VideoDownloader : IDisposable
{
    private const int MaxRedirects = 3;

    private readonly HttpClient client;
    private readonly VideoOptions options;
    private readonly DownloadTimings timings;
    private readonly TimeProvider time;

    public VideoDownloader(IOptions<VideoOptions> options, TimeProvider time, OpenConnection? open = null, DownloadTimings? timings = null)
    {
        this.timings = timings ?? DownloadTimings.Default;
        this.options = options.Value;
        this.time = time;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxAutomaticRedirections = MaxRedirects,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        };
        if (open is not null) handler.ConnectCallback = (context, cancellationToken) => open(context, cancellationToken);
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Reel");
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("identity");
    }

    /// <summary>Asks for the video and reads as far as its headers.</summary>
    /// <exception cref="SourceFailedException">It is not to be had, or surely not the one that was announced.</exception>
    internal async Task<VideoDownload> OpenAsync(VideoSource source, CancellationToken cancellationToken)
    {
        if (!source.Url.IsAbsoluteUri || source.Url.Scheme is not ("http" or "https"))
            throw SourceFailedException.Broken("the provider's link is not an http or https URL");
        if (source.ExpectedLength > options.MaxLength)
            throw SourceFailedException.Broken($"the video has {source.ExpectedLength} bytes, more than the {options.MaxLength} that are allowed");

        var download = new VideoDownload(client, source, options, timings, time, cancellationToken);
        try
        {
            await download.OpenAsync();
            return download;
        }
        catch
        {
            await download.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}

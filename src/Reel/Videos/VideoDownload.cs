using System.Net;

namespace Reel.Videos;

/// <summary>One running download. Every wait for the provider is limited; time spent in the blob store does not count as a stall.</summary>
internal sealed class VideoDownload : IAsyncDisposable
{
    private readonly VideoSource source;
    private readonly VideoOptions options;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly CancellationToken cancellationToken;
    private readonly CancellationTokenSource stall;
    private readonly CancellationTokenSource either;
    private HttpResponseMessage? response;
    private Stream? body;

    public VideoDownload(VideoSource source, VideoOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.source, this.options, this.time, this.cancellationToken) = (source, options, time, cancellationToken);
        started = time.GetTimestamp();
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
    }

    /// <summary>The length that the body must have, from the announcement or the headers; null when neither says.</summary>
    public long? ExpectedLength { get; private set; }

    /// <summary>The bytes read so far.</summary>
    public long Length { get; private set; }

    public async Task OpenAsync(HttpClient client)
    {
        response = await WatchAsync(token =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, source.Url);
            return new ValueTask<HttpResponseMessage>(client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token));
        });
        CheckStatus((int)response.StatusCode);

        var declared = response.Content.Headers.ContentLength;
        if (declared == 0) throw SourceFailedException.Broken("the provider sent an empty file");
        if (source.ExpectedLength is { } announced && declared is { } length && announced != length)
            throw SourceFailedException.Broken($"the provider announced {announced} bytes and sends {length}");
        ExpectedLength = source.ExpectedLength ?? declared;
        // An answer that just ends may have been cut off, and nothing would tell.
        if (ExpectedLength is null && response.Version.Major < 2 && response.Headers.TransferEncodingChunked is not true)
            throw SourceFailedException.Broken("the provider does not say how long the file is");
        if (ExpectedLength > options.MaxLength) throw TooLong();
        body = await WatchAsync(token => new ValueTask<Stream>(response.Content.ReadAsStreamAsync(token)));
    }

    /// <summary>The next bytes; 0 at the end, which is then known to be where it should be.</summary>
    /// <exception cref="SourceFailedException">Too long, cut off, stalled, or the connection broke.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        var count = await WatchAsync(token => body!.ReadAsync(buffer, token));
        Length += count;
        if (Length > ExpectedLength) throw SourceFailedException.Broken($"the provider announced {ExpectedLength} bytes and sends more");
        if (Length > options.MaxLength) throw TooLong();
        if (count > 0) return count;
        if (Length == 0) throw SourceFailedException.Broken("the provider sent an empty file");
        if (Length < ExpectedLength) throw CutOff();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (body is not null) await body.DisposeAsync();
        response?.Dispose();
        either.Dispose();
        stall.Dispose();
    }

    private async ValueTask<T> WatchAsync<T>(Func<CancellationToken, ValueTask<T>> wait)
    {
        if (time.GetElapsedTime(started) > options.DownloadTimeout)
            throw SourceFailedException.Unavailable($"the download took more than {options.DownloadTimeout}");
        stall.CancelAfter(options.StallTimeout);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw SourceFailedException.Unavailable(stall.IsCancellationRequested
                ? $"the provider sent nothing for {options.StallTimeout.TotalSeconds:0} seconds"
                : "the connection to the provider timed out");
        }
        catch (Exception e) when (e is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } && body is not null)
        {
            throw CutOff();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var error = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
            throw SourceFailedException.Unavailable($"the connection to the provider failed ({error ?? HttpRequestError.Unknown})");
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private static void CheckStatus(int status)
    {
        if (status == (int)HttpStatusCode.OK) return;
        throw status switch
        {
            401 or 403 or 404 or 410 => SourceFailedException.Gone(status),
            408 or 425 or 429 or >= 500 => SourceFailedException.Unavailable($"the provider answered {status}"),
            204 => SourceFailedException.Broken("the provider sent an empty file"),
            >= 300 and < 400 => SourceFailedException.Broken($"the provider answered {status} and redirects to where it is not followed"),
            _ => SourceFailedException.Broken($"the provider answered {status}"),
        };
    }

    private SourceFailedException TooLong() =>
        SourceFailedException.Broken($"the video has more than the {options.MaxLength} bytes that are allowed");

    private SourceFailedException CutOff() =>
        SourceFailedException.Broken(ExpectedLength is { } expected
            ? $"the provider's file was cut off after {Length} of {expected} bytes"
            : $"the provider's file was cut off after {Length} bytes");
}

using System.Net.Http.Headers;

namespace Reel.Videos;

/// <summary>One request for a file or the rest of it, and its answer.</summary>
internal sealed class VideoConnection : IAsyncDisposable
{
    private readonly StallWatch watch;
    private readonly HttpResponseMessage answer;
    private readonly Stream body;

    private VideoConnection(StallWatch watch, HttpResponseMessage answer, Stream body) => (this.watch, this.answer, this.body) = (watch, answer, body);

    public HttpResponseMessage Answer => answer;

    /// <summary>Asks, and waits for the answer's head.</summary>
    /// <param name="from">The first byte that is wanted; above 0 only with <paramref name="version"/>.</param>
    /// <param name="watch">From now on this connection's to dispose.</param>
    /// <exception cref="SourceFailedException">There was none.</exception>
    public static async Task<VideoConnection> OpenAsync(HttpClient client, Uri url, long from, FileVersion? version, StallWatch watch)
    {
        HttpResponseMessage? answer = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = version!.Condition;
            }

            answer = await watch.WaitAsync(token => new ValueTask<HttpResponseMessage>(client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)));
            var body = await watch.WaitAsync(token => new ValueTask<Stream>(answer.Content.ReadAsStreamAsync(token)));
            watch.Restart();
            return new VideoConnection(watch, answer, body);
        }
        catch
        {
            answer?.Dispose();
            watch.Dispose();
            throw;
        }
    }

    /// <summary>The next bytes of the body; 0 at its end.</summary>
    /// <exception cref="SourceFailedException">A break.</exception>
    /// <exception cref="HttpIOException">The body ended before its end.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        var count = await watch.WaitAsync(token => body.ReadAsync(buffer, token));
        watch.Came(count);
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        answer.Dispose();
        watch.Dispose();
    }
}

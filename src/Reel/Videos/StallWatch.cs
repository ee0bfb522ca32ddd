namespace Reel.Videos;

/// <summary>Limits the waits for one connection of a provider. Time spent elsewhere, as in the blob store, does not count.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly TimeSpan limit;
    private readonly int leastBytes;
    private readonly TimeProvider time;
    private readonly CancellationToken cancellationToken;
    private readonly CancellationTokenSource stall;
    private readonly CancellationTokenSource either;
    private TimeSpan left;
    private int bytes;

    /// <param name="leastBytes">What must come within <paramref name="limit"/>: a trickle is a stall.</param>
    public StallWatch(TimeSpan limit, int leastBytes, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.limit, this.leastBytes, this.time, this.cancellationToken, left) = (limit, leastBytes, time, cancellationToken, limit);
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
    }

    /// <exception cref="SourceFailedException">A break: nothing or too little came in time, or the connection failed.</exception>
    /// <exception cref="HttpIOException">The body ended before its end.</exception>
    public async ValueTask<T> WaitAsync<T>(Func<CancellationToken, ValueTask<T>> wait)
    {
        var started = time.GetTimestamp();
        stall.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw SourceFailedException.Break(!stall.IsCancellationRequested ? "the connection to the provider timed out"
                : bytes == 0 ? $"the provider sent nothing for {limit.TotalSeconds:0} seconds"
                : $"the provider sent only {bytes} bytes in {limit.TotalSeconds:0} seconds");
        }
        catch (HttpRequestException e) when (e.GetBaseException() is SourceRefusedException refused)
        {
            throw SourceFailedException.Broken($"the provider's link is not followed: {refused.Message}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is IOException and not HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }))
        {
            var error = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
            throw SourceFailedException.Break($"the connection to the provider failed ({error ?? HttpRequestError.Unknown})");
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            left -= time.GetElapsedTime(started);
        }
    }

    /// <summary>Notes bytes that came; enough of them, and the time starts anew.</summary>
    public void Came(int count)
    {
        bytes += count;
        if (bytes >= leastBytes) Restart();
    }

    /// <summary>Starts the time anew.</summary>
    public void Restart() => (left, bytes) = (limit, 0);

    public void Dispose()
    {
        either.Dispose();
        stall.Dispose();
    }
}

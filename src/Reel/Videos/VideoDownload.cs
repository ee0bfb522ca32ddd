using System.Net;

namespace Reel.Videos;

/// <summary>
/// A running download, over as many connections as it takes. When one breaks, the next asks for the rest of the very same version of the file; where
/// the server does not give that, or it cannot be told whether it would, the file begins anew.
/// </summary>
internal sealed class VideoDownload(
    HttpClient client, VideoSource source, VideoOptions options, DownloadTimings timings, TimeProvider time, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    /// <summary>What <see cref="ReadAsync"/> gives when the file begins anew: what was read of it before is void.</summary>
    public const int BegunAnew = -1;

    private readonly long started = time.GetTimestamp();
    private VideoConnection? connection;
    private FileVersion? version;
    private bool withoutRanges;
    private long furthest;
    private int breaks;

    /// <summary>The length that the file must have, from the announcement or the headers; null when neither says.</summary>
    public long? ExpectedLength { get; private set; }

    /// <summary>The bytes read so far.</summary>
    public long Length { get; private set; }

    /// <summary>Asks for the file. A failure here is one for another day; from now on breaks are overcome.</summary>
    public async Task OpenAsync()
    {
        await ConnectAsync(0);
        Begin();
    }

    /// <summary>The next bytes; 0 at the end, which is then known to be where it should be; or <see cref="BegunAnew"/>.</summary>
    /// <exception cref="SourceFailedException">Not the file that was announced, or the connection broke too often.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            try
            {
                if (connection is null && !await ContinueAsync()) return BegunAnew;
                return Take(await ReadBodyAsync(buffer));
            }
            catch (SourceFailedException failure) when (failure.IsBreak && breaks < timings.Breaks)
            {
                await CloseAsync();
                await Task.Delay(timings.Pause * Math.Pow(2, breaks++), time, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    // What ends as it should may still be less than was asked for, when it was asked for a part.
    private bool IsPart => connection!.Answer.StatusCode == HttpStatusCode.PartialContent;

    private async ValueTask CloseAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        connection = null;
    }

    private async Task ConnectAsync(long from)
    {
        CheckTime();
        var watch = new StallWatch(options.StallTimeout, timings.LeastBytes, time, cancellationToken);
        connection = await VideoConnection.OpenAsync(client, source.Url, from, version, watch);
    }

    /// <summary>True when the rest comes, false when the file begins anew.</summary>
    private async Task<bool> ContinueAsync()
    {
        var from = version is null || withoutRanges ? 0 : Length;
        await ConnectAsync(from);
        if (from > 0)
        {
            if (IsTheRest(connection!.Answer)) return true;
            if (connection.Answer.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                withoutRanges = true;
                throw SourceFailedException.Break("the download broke off, and the provider does not send the rest of the same file");
            }
        }

        Begin();
        return false;
    }

    private bool IsTheRest(HttpResponseMessage answer)
    {
        var range = answer.Content.Headers.ContentRange;
        if (answer.StatusCode != HttpStatusCode.PartialContent || range is not { Unit: "bytes", Length: { } whole } || range.From != Length || !version!.IsOf(answer)
            || (ExpectedLength ?? whole) != whole)
            return false;
        ExpectedLength = whole;
        return true;
    }

    private void Begin()
    {
        var answer = connection!.Answer;
        CheckStatus((int)answer.StatusCode);
        var declared = answer.Content.Headers.ContentLength;
        if (declared == 0) throw SourceFailedException.Broken("the provider sent an empty file");
        if (source.ExpectedLength is { } announced && declared is { } length && announced != length)
            throw SourceFailedException.Broken($"the provider announced {announced} bytes and sends {length}");
        ExpectedLength = source.ExpectedLength ?? declared;
        // An answer that just ends may have been cut off, and nothing would tell.
        if (ExpectedLength is null && answer.Version.Major < 2 && answer.Headers.TransferEncodingChunked is not true)
            throw SourceFailedException.Broken("the provider does not say how long the file is");
        if (ExpectedLength > options.MaxLength) throw TooLong();
        (version, Length) = (FileVersion.Of(answer), 0);
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer)
    {
        CheckTime();
        try
        {
            return await connection!.ReadAsync(buffer);
        }
        catch (HttpIOException)
        {
            throw CutOff();
        }
    }

    private int Take(int count)
    {
        Length += count;
        if (Length > ExpectedLength) throw SourceFailedException.Broken($"the provider announced {ExpectedLength} bytes and sends more");
        if (Length > options.MaxLength) throw TooLong();
        if (count == 0 && Length == 0) throw SourceFailedException.Broken("the provider sent an empty file");
        if (count == 0 && Length < ExpectedLength) throw IsPart ? CutOff() : SourceFailedException.Broken($"the provider announced {ExpectedLength} bytes and sent {Length}");
        // Beyond what came before: a server that breaks off at the same byte for ever makes none, however much it sends.
        if (Length >= furthest + timings.Progress) (furthest, breaks) = (Length, 0);
        return count;
    }

    private void CheckTime()
    {
        if (source.Spent + time.GetElapsedTime(started) > options.DownloadTimeout)
            throw SourceFailedException.Unavailable($"the download took more than {options.DownloadTimeout}");
    }

    private static void CheckStatus(int status)
    {
        if (status == (int)HttpStatusCode.OK) return;
        throw status switch
        {
            401 or 403 or 404 or 410 => SourceFailedException.Gone(status),
            408 or 425 or 429 or >= 500 => SourceFailedException.Break($"the provider answered {status}"),
            204 => SourceFailedException.Broken("the provider sent an empty file"),
            >= 300 and < 400 => SourceFailedException.Broken($"the provider answered {status} and redirects to where it is not followed"),
            _ => SourceFailedException.Broken($"the provider answered {status}"),
        };
    }

    private SourceFailedException TooLong() =>
        SourceFailedException.Broken($"the video has more than the {options.MaxLength} bytes that are allowed");

    private SourceFailedException CutOff() =>
        SourceFailedException.CutOff(ExpectedLength is { } expected
            ? $"the provider's file was cut off after {Length} of {expected} bytes"
            : $"the provider's file was cut off after {Length} bytes");
}

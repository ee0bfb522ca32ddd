using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Reel.Client;

/// <summary>Videos into files.</summary>
public sealed class Videos
{
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(60);

    private readonly Connection connection;

    internal Videos(Connection connection) => this.connection = connection;

    /// <summary>
    /// Downloads the video of a request. It is written beside <paramref name="path"/>, goes on there where an earlier download broke off, and gets its name only
    /// when its length and SHA-256 are what the API says.
    /// </summary>
    /// <param name="request">A full result, COMPLETED.</param>
    /// <param name="received">Told how many bytes are there.</param>
    /// <param name="replace">Whether a file of that name is replaced; else one that is there in the end is an <see cref="IOException"/>, and what was downloaded is kept beside it.</param>
    /// <exception cref="ReelException">Also <see cref="ReelException.Corrupt"/>: what came is another file.</exception>
    /// <exception cref="IOException">The file cannot be written, or somebody else is writing it.</exception>
    public async Task DownloadAsync(ReelRequest request, string path, IProgress<long>? received = null, bool replace = true, CancellationToken cancellationToken = default)
    {
        var video = request.Video ?? throw new ArgumentException("The request has no video.", nameof(request));
        var part = $"{path}.{request.RequestId}.part";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.Asynchronous))
        {
            if (file.Length > video.FileSize) file.SetLength(0);
            await HashAsync(file, hash, cancellationToken);
            await ReceiveAllAsync(request.RequestId, video, file, hash, received, cancellationToken);
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != video.Sha256)
            {
                file.SetLength(0); // What is wrong with it is not to be gone on with.
                throw NotTheVideo(request.RequestId, video);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: replace);
    }

    /// <summary>Whether a file is the video, to the byte.</summary>
    public static async Task<bool> IsInAsync(ReelVideo video, string path, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path)) return false;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous);
        return file.Length == video.FileSize && Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) == video.Sha256;
    }

    private async Task ReceiveAllAsync(
        string id, ReelVideo video, FileStream file, IncrementalHash hash, IProgress<long>? received, CancellationToken cancellationToken)
    {
        var patience = connection.NewPatience();
        while (file.Length < video.FileSize)
        {
            var before = file.Length;
            try
            {
                await ReceiveAsync(id, video, file, hash, received, cancellationToken);
                if (file.Length < video.FileSize) throw connection.Broken(new IOException("the download ended too soon"));
            }
            catch (ReelException exception) when (exception.IsTransient)
            {
                if (file.Length > before) patience = connection.NewPatience();
                await connection.WaitAsync(patience, exception, cancellationToken);
            }
        }
    }

    private async Task ReceiveAsync(
        string id, ReelVideo video, FileStream file, IncrementalHash hash, IProgress<long>? received, CancellationToken cancellationToken)
    {
        var from = file.Length.ToString(CultureInfo.InvariantCulture);
        var call = new Call(HttpMethod.Get, $"v2/requests/{Paths.Segment(id)}/video")
        {
            Headers = file.Length == 0 ? [] : [("Range", $"bytes={from}-"), ("If-Range", $"\"{video.Sha256}\"")],
        };
        using var response = await connection.OpenAsync(call, cancellationToken);
        if (file.Length > 0 && (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != file.Length))
        {
            // All of it, from its beginning.
            if (response.StatusCode == HttpStatusCode.PartialContent) throw connection.Broken(new IOException("another part came than the one asked for"));
            file.SetLength(0);
            _ = hash.GetHashAndReset();
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        file.Position = file.Length;
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var read)
        {
            if (file.Length + read > video.FileSize) throw NotTheVideo(id, video);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            await file.FlushAsync(cancellationToken);
            hash.AppendData(buffer, 0, read);
            received?.Report(file.Length);
        }
    }

    private async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MostSilence);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (Exception exception) when (Connection.IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw connection.Broken(exception);
        }
    }

    private static ReelException NotTheVideo(string id, ReelVideo video) => new(
        $"The video of {id} is not what the API says it is: {video.FileSize} bytes with SHA-256 {video.Sha256}", 200, ReelException.Corrupt);

    private static async Task HashAsync(FileStream file, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        file.Position = 0;
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var read) hash.AppendData(buffer, 0, read);
    }
}

using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Storage;

namespace Reel.Videos;

/// <summary>The videos in blob storage. Trouble with the storage throws (<see cref="RequestFailedException"/> for the most part) and is worth another try.</summary>
public sealed partial class VideoStore(
    BlobServiceClient storage,
    DelegationSigner delegation,
    VideoDownloader downloader,
    IOptions<VideoOptions> options,
    TimeProvider time,
    ILogger<VideoStore> logger)
{
    // Held by each video that is being served, however slow its caller is.
    private const int ReadAhead = 256 * 1024;

    // Saved shortly before its request ended, from when callers are told that it is there.
    private static readonly TimeSpan SweepDelay = TimeSpan.FromHours(1);

    private readonly BlobContainerClient container = storage.GetBlobContainerClient(options.Value.Container);

    /// <summary>Where links to videos lead: a scheme, a host and its port.</summary>
    public string LinkOrigin => container.Uri.GetLeftPart(UriPartial.Authority);

    /// <summary>
    /// Copies a video from the provider into the store: whole and checked, or not at all. Repeating it is harmless, and so is running it twice at
    /// the same time: one copy stays, and the others find it.
    /// </summary>
    /// <param name="requestId">The request that the video belongs to; ASCII.</param>
    /// <exception cref="VideoNameTakenException">There is a blob of this name that is not this request's video.</exception>
    public async Task<SaveOutcome> SaveAsync(VideoSource source, string blobName, string requestId, CancellationToken cancellationToken)
    {
        var there = await container.WithContainerAsync(token => FindOwnAsync(blobName, requestId, token), cancellationToken);
        if (there is not null) return new SaveOutcome.AlreadySaved(there);

        var started = time.GetTimestamp();
        try
        {
            await using var download = await downloader.OpenAsync(source, cancellationToken);
            var outcome = await CopyAsync(download, source, blobName, requestId, cancellationToken);
            var took = (long)time.GetElapsedTime(started).TotalMilliseconds;
            LogSaved(blobName, download.Length, took);
            return outcome;
        }
        catch (SourceFailedException e)
        {
            LogNotSaved(blobName, e.Outcome);
            return e.Outcome;
        }
    }

    /// <summary>The video of this name, or null when there is none.</summary>
    public async Task<StoredVideo?> FindAsync(string blobName, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(blobName).GetPropertiesAsync(cancellationToken: cancellationToken);
            return VideoMetadata.Read(blobName, blob.Value);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Opens the video for reading; null when there is none. What is read is the version in <see cref="OpenedVideo.Video"/>, or an error.</summary>
    public async Task<OpenedVideo?> OpenAsync(string blobName, CancellationToken cancellationToken)
    {
        if (await FindAsync(blobName, cancellationToken) is not { } video) return null;
        try
        {
            var reading = new BlobOpenReadOptions(allowModifications: false)
            {
                BufferSize = ReadAhead,
                Conditions = new BlobRequestConditions { IfMatch = new ETag(video.ETag) },
            };
            return new OpenedVideo(video, await container.GetBlobClient(blobName).OpenReadAsync(reading, cancellationToken));
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// A link that reads this one blob until <see cref="VideoOptions.LinkLifetime"/> from now. Whether the blob exists is not looked at. The storage
    /// is asked only where no account key is at hand, once an hour.
    /// </summary>
    public async Task<VideoLink> MintLinkAsync(string blobName, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(blobName);
        var now = time.GetUtcNow();
        var link = new BlobSasBuilder(BlobSasPermissions.Read, DateTimeOffset.FromUnixTimeSeconds(now.Add(options.Value.LinkLifetime).ToUnixTimeSeconds()))
        {
            StartsOn = now - StorageServices.ClockSkew,
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        var url = blob.CanGenerateSasUri ? blob.GenerateSasUri(link) : await delegation.SignAsync(blob, link, cancellationToken);
        return new VideoLink(url, link.ExpiresOn);
    }

    /// <summary>Deletes the video; false when there was none.</summary>
    public async Task<bool> DeleteAsync(string blobName, CancellationToken cancellationToken) =>
        await container.GetBlobClient(blobName).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Whether a video is past <see cref="VideoOptions.Retention"/>: gone, or about to go.</summary>
    /// <param name="savedAt">At that time or before.</param>
    public bool IsPastRetention(DateTimeOffset? savedAt) => savedAt + options.Value.Retention <= time.GetUtcNow();

    /// <summary>Deletes videos that are past their retention, at most so many; how many. What is not a video of ours is left alone.</summary>
    public async Task<int> SweepAsync(int most, CancellationToken cancellationToken)
    {
        if (options.Value.Retention is not { } retention) return 0;

        var before = time.GetUtcNow() - retention - SweepDelay;
        var count = 0;
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, cancellationToken: cancellationToken))
            {
                if (blob.Properties.LastModified >= before || !VideoMetadata.IsOurs(blob.Metadata)) continue;
                if (count == most) break;
                if (await DeleteAsync(blob.Name, cancellationToken)) count++;
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // No video was ever saved.
        }

        return count;
    }

    private async Task<SaveOutcome> CopyAsync(
        VideoDownload download, VideoSource source, string blobName, string requestId, CancellationToken cancellationToken)
    {
        while (true)
        {
            // One for each beginning: blocks of another one are none of this blob's, and the store drops them.
            await using var writer = new BlockWriter(container.GetBlockBlobClient(blobName), cancellationToken);
            if (await FillAsync(writer, download) is { } format)
            {
                var contentType = VideoFormat.Choose(source.ContentType, format);
                return await CommitAsync(writer, source, contentType, blobName, requestId, cancellationToken);
            }
        }
    }

    /// <summary>Takes in the whole file; gives what it is, or null when it begins anew.</summary>
    private static async Task<string?> FillAsync(BlockWriter writer, VideoDownload download)
    {
        string? format = null;
        while (true)
        {
            var count = await download.ReadAsync(writer.Room);
            if (count == VideoDownload.BegunAnew) return null;
            writer.Advance(count);
            var judgeable = count == 0 || writer.Length >= VideoFormat.HeadLength;
            if (format is null && judgeable) format = Judge(writer.Pending);
            if (count == 0) return format;
            if (writer.IsFull) await writer.FlushAsync();
        }
    }

    private async Task<SaveOutcome> CommitAsync(
        BlockWriter writer, VideoSource source, string contentType, string blobName, string requestId, CancellationToken cancellationToken)
    {
        var sha256 = await writer.FinishAsync();
        try
        {
            await writer.CommitAsync(new CommitBlockListOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
                Metadata = VideoMetadata.Write(requestId, sha256, writer.Length, source.Url),
            });
        }
        // Somebody was faster, or it was ourselves and the answer got lost. Their commit dropped our blocks: hence the third.
        catch (RequestFailedException e) when (
            e.Status == 412 || e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            if (await FindOwnAsync(blobName, requestId, cancellationToken) is { } theirs) return new SaveOutcome.AlreadySaved(theirs);
            throw;
        }

        var saved = await FindOwnAsync(blobName, requestId, cancellationToken);
        if (saved is null || saved.Sha256 != sha256)
            throw new IOException($"The blob '{blobName}' was committed with {writer.Length} bytes and does not read back so.");
        return new SaveOutcome.Saved(saved);
    }

    private static string Judge(ReadOnlySpan<byte> head) => VideoFormat.Detect(head) ??
        throw SourceFailedException.Broken($"the provider sent {VideoFormat.Describe(head)} instead of a video");

    private async Task<StoredVideo?> FindOwnAsync(string blobName, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(blobName).GetPropertiesAsync(cancellationToken: cancellationToken);
            return VideoMetadata.Read(blobName, blob.Value, requestId) ?? throw new VideoNameTakenException(blobName);
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode != BlobErrorCode.ContainerNotFound)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Video {BlobName} is in the store: {Length} bytes after {Milliseconds} ms")]
    private partial void LogSaved(string blobName, long length, long milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Video {BlobName} was not saved: {Outcome}")]
    private partial void LogNotSaved(string blobName, SaveOutcome outcome);
}

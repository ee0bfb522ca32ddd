using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Storage;
using Reel.Videos;

namespace Reel.Benchmarks.Saving;

/// <summary>How a video is copied.</summary>
internal enum CopyWay
{
    /// <summary>As Reel does it.</summary>
    Save,

    /// <summary>As one would write it in a few lines, with the client's defaults. Azurite then works out a CRC-64 of each block, in JavaScript, and so needs four times as much processor time.</summary>
    Plain,

    /// <summary>The same with an MD5 for each block, as Reel sends it: Azurite has the same to do for both.</summary>
    PlainWithMd5,
}

/// <summary>A way to copy a video into blob storage; many, one after the other.</summary>
internal interface ICopy : IDisposable
{
    Task RunAsync(Uri url, long length, CancellationToken cancellationToken);
}

/// <summary>As Reel does it: hashed, each block checked by the store, committed whole or not at all, and looked at again.</summary>
internal sealed class SavingCopy(string storage) : ICopy
{
    private readonly ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddVideos(new ConfigurationBuilder().AddInMemoryCollection([new(StorageOptions.Setting, storage)]).Build())
        .BuildServiceProvider();

    public async Task RunAsync(Uri url, long length, CancellationToken cancellationToken)
    {
        var videos = services.GetRequiredService<VideoStore>();
        var outcome = await videos.SaveAsync(new VideoSource(url, length), $"{Guid.NewGuid():N}.mp4", "a-request", cancellationToken);
        if (outcome is not SaveOutcome.Saved { Video: var video } || video.Length != length) throw new InvalidOperationException($"Not saved: {outcome}");
    }

    public void Dispose() => services.Dispose();
}

/// <summary>A stream of HttpClient given to <see cref="BlobClient.UploadAsync(Stream, BlobUploadOptions, CancellationToken)"/>.</summary>
internal sealed class PlainCopy(string storage, bool withMd5) : ICopy
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly BlobContainerClient container = new(storage, "plain");

    public async Task RunAsync(Uri url, long length, CancellationToken cancellationToken)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await using var body = await http.GetStreamAsync(url, cancellationToken);
        var options = new BlobUploadOptions();
        if (withMd5) options.TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 };
        await container.GetBlobClient($"{Guid.NewGuid():N}.mp4").UploadAsync(body, options, cancellationToken);
    }

    public void Dispose() => http.Dispose();
}

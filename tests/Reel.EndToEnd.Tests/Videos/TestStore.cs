using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.Storage;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>A store on a container of its own.</summary>
internal sealed class TestStore : IDisposable
{
    /// <summary>The ones that hold outside tests, without the pauses.</summary>
    public static readonly DownloadTimings Hasty = new() { Pause = TimeSpan.FromMilliseconds(1) };

    private readonly VideoDownloader downloader;

    public TestStore(
        string connectionString, Action<VideoOptions>? configure = null, TimeProvider? time = null, OpenConnection? open = null, int retries = 4,
        DownloadTimings? timings = null, HttpPipelinePolicy? watch = null)
    {
        var settings = new VideoOptions { Container = $"videos-{Guid.NewGuid():N}" };
        configure?.Invoke(settings);
        var clientOptions = StorageServices.ClientOptions();
        clientOptions.Retry.MaxRetries = retries;
        if (watch is not null) clientOptions.AddPolicy(watch, HttpPipelinePosition.PerCall);
        var options = Options.Create(settings);
        var storage = new BlobServiceClient(connectionString, clientOptions);
        time ??= TimeProvider.System;
        downloader = new VideoDownloader(options, time, open, timings ?? Hasty);
        var delegation = new DelegationSigner(storage, time, NullLogger<DelegationSigner>.Instance);
        Store = new VideoStore(storage, delegation, downloader, options, time, NullLogger<VideoStore>.Instance);
        Container = storage.GetBlobContainerClient(settings.Container);
    }

    public VideoStore Store { get; }

    public BlobContainerClient Container { get; }

    public Task<SaveOutcome> SaveAsync(Uri url, long? length = null, string name = "request-1.mp4", string request = "request-1", CancellationToken token = default) =>
        Store.SaveAsync(new VideoSource(url, length), name, request, token);

    public async Task<byte[]> ReadAsync(string name = "request-1.mp4") =>
        (await Container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToArray();

    public void Dispose() => downloader.Dispose();
}

/// <summary>A clock that stands where it is put.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

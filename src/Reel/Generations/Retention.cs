using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Orchestration;
using Reel.Videos;

namespace Reel.Generations;

/// <summary>
/// Forgets what is past its time: requests (<see cref="RequestOptions.Retention"/>), videos (<see cref="VideoOptions.Retention"/>), and then the records
/// that served the requests (<see cref="RecordSweep"/>). These settings decide, on both hosts; a lifecycle rule of the storage account, which has an age of
/// its own, is there for what a sleeping app does not get round to.
/// </summary>
public sealed partial class Retention(
    IOrchestrationClient client, VideoStore videos, RecordSweep records, IOptions<RequestOptions> options, TimeProvider time, ILogger<Retention> logger)
{
    // Some minutes' work for storage. The rest is for the next hour.
    private const int MostAtOnce = 10_000;

    /// <summary>Forgets what is finished and past its time; repeating it is harmless, and goes on where it was broken off.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var instances = await client.PurgeFinishedAsync(time.GetUtcNow() - options.Value.Retention, cancellationToken);
        var savedVideos = await videos.SweepAsync(MostAtOnce, cancellationToken);
        var served = await records.RunAsync(MostAtOnce, cancellationToken);
        if (instances + savedVideos + served > 0) LogPurged(logger, instances, savedVideos, served);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Past their retention, {Instances} instances, {Videos} videos and {Records} records were deleted.")]
    private static partial void LogPurged(ILogger logger, int instances, int videos, int records);
}

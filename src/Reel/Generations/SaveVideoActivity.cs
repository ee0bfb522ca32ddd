using Reel.Orchestration;
using Reel.Segmind;
using Reel.Videos;

namespace Reel.Generations;

/// <summary>
/// Copies the rendered video into blob storage. Writing twice is harmless. A link that is gone is asked for anew, as long as the provider
/// remembers the request. Throws when blob storage is in trouble.
/// </summary>
public sealed class SaveVideoActivity(VideoStore videos, ISegmindClient segmind) : IActivity<SaveVideoInput, SaveVideoOutcome>
{
    /// <inheritdoc/>
    public async Task<SaveVideoOutcome> RunAsync(SaveVideoInput input, CancellationToken cancellationToken)
    {
        var outcome = await SaveAsync(input, new VideoSource(new Uri(input.Url), input.Length, input.ContentType), cancellationToken);
        if (outcome is SaveOutcome.Saved or SaveOutcome.AlreadySaved) return Describe(outcome);

        var answer = await segmind.GetResultAsync(input.ProviderRequestId, cancellationToken);
        if (answer is not ResultAnswer.Completed { Video: var fresh } || fresh.Url == input.Url) return Describe(outcome);
        return Describe(await SaveAsync(input, new VideoSource(new Uri(fresh.Url), fresh.FileSize, fresh.ContentType), cancellationToken));
    }

    private Task<SaveOutcome> SaveAsync(SaveVideoInput input, VideoSource source, CancellationToken cancellationToken) =>
        videos.SaveAsync(source, $"{input.CallerId}/{input.RequestId}.mp4", input.RequestId, cancellationToken);

    private static SaveVideoOutcome Describe(SaveOutcome outcome) => outcome switch
    {
        SaveOutcome.Saved { Video: var video } => Saved(video),
        SaveOutcome.AlreadySaved { Video: var video } => Saved(video),
        SaveOutcome.SourceGone gone => new SaveVideoOutcome(Error: $"the provider answers {gone.Status} for the file", Gone: true),
        SaveOutcome.SourceBroken broken => new SaveVideoOutcome(Error: broken.Reason),
        SaveOutcome.SourceUnavailable unavailable => new SaveVideoOutcome(Error: unavailable.Reason),
        var other => throw new InvalidOperationException($"An outcome of no known kind: {other.GetType().Name}."),
    };

    private static SaveVideoOutcome Saved(StoredVideo video) =>
        new(new SavedVideo(video.BlobName, video.Length, video.Sha256, video.ContentType));
}

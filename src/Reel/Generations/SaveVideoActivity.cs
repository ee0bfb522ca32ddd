using Reel.Orchestration;
using Reel.Segmind;
using Reel.Videos;

namespace Reel.Generations;

/// <summary>
/// Copies the rendered video into blob storage. Writing twice is harmless. When it cannot be had, the provider is asked for a fresh link, as long as
/// it remembers the request, and a fresh one is used at once, in what is left of the time for one save. Throws when blob storage is in trouble.
/// </summary>
public sealed class SaveVideoActivity(VideoStore videos, ISegmindClient segmind, RenderTimes renderTimes, TimeProvider time) : IActivity<SaveVideoInput, SaveVideoOutcome>
{
    /// <summary>How long a save that is done waits for its render time to be noted, at the most; the note goes on without it.</summary>
    private static readonly TimeSpan NotePatience = TimeSpan.FromSeconds(0.25);

    /// <inheritdoc/>
    public async Task<SaveVideoOutcome> RunAsync(SaveVideoInput input, CancellationToken cancellationToken)
    {
        // Beside the copy, which takes longer.
        var noted = input.Rendered is { } rendered ? renderTimes.NoteAsync(rendered) : Task.CompletedTask;
        var outcome = await CopyAsync(input, cancellationToken);
        using var patience = new CancellationTokenSource(NotePatience, time);
        await Task.WhenAny(noted, Task.Delay(Timeout.InfiniteTimeSpan, time, patience.Token));
        patience.Cancel();
        return outcome;
    }

    private async Task<SaveVideoOutcome> CopyAsync(SaveVideoInput input, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var source = new FreshSource(input.Url, input.Length, input.ContentType);
        var outcome = await SaveAsync(input, source, TimeSpan.Zero, cancellationToken);
        if (outcome is SaveOutcome.Saved or SaveOutcome.AlreadySaved) return Describe(outcome);

        var answer = await segmind.GetResultAsync(input.ProviderRequestId, cancellationToken);
        if (answer is not ResultAnswer.Completed { Video: var video }) return Describe(outcome, NoLink(answer));

        var fresh = new FreshSource(video.Url, video.FileSize, video.ContentType);
        if (fresh == source) return Describe(outcome, "; the provider still names this link");
        var again = Describe(await SaveAsync(input, fresh, time.GetElapsedTime(started), cancellationToken), "; this was a fresh link");
        return again.Video is null ? again with { Fresh = fresh } : again;
    }

    private Task<SaveOutcome> SaveAsync(SaveVideoInput input, FreshSource source, TimeSpan spent, CancellationToken cancellationToken) => videos.SaveAsync(
        new VideoSource(new Uri(source.Url), source.Length, source.ContentType, spent), SavedVideo.NameOf(input.CallerId, input.RequestId), input.RequestId, cancellationToken);

    private static string NoLink(ResultAnswer answer) => answer switch
    {
        ResultAnswer.NotFound => "; it no longer knows the request, so there is no fresh link",
        ResultAnswer.Unreachable unreachable => $"; it could not be asked for a fresh link: {unreachable.Error}",
        ResultAnswer.Refused refused => $"; it refused to name a fresh link: {refused.Error}",
        ResultAnswer.Failed failed => $"; it now says that the render failed: {failed.Error}",
        _ => "; it now says that the render is not done",
    };

    private static SaveVideoOutcome Describe(SaveOutcome outcome, string? more = null) => outcome switch
    {
        SaveOutcome.Saved { Video: var video } => Saved(video),
        SaveOutcome.AlreadySaved { Video: var video } => Saved(video),
        SaveOutcome.SourceGone gone => new SaveVideoOutcome(Error: Words(gone.Status) + more),
        SaveOutcome.SourceBroken broken => new SaveVideoOutcome(Error: broken.Reason + more),
        SaveOutcome.SourceUnavailable unavailable => new SaveVideoOutcome(Error: unavailable.Reason + more),
        var other => throw new InvalidOperationException($"An outcome of no known kind: {other.GetType().Name}."),
    };

    private static string Words(int status) => status is 401 or 403
        ? $"the provider refuses to hand out the file ({status}); its link may have expired"
        : $"the provider says that the file is not there ({status}); its link may have expired";

    private static SaveVideoOutcome Saved(StoredVideo video) =>
        new(new SavedVideo(video.BlobName, video.Length, video.Sha256, video.ContentType));
}

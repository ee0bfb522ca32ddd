using Reel.Generations;
using Reel.Videos;

namespace Reel.Api;

/// <summary>Makes full results: with a link to the video, or the word that it is gone.</summary>
internal sealed class ResultAnswers(VideoStore videos)
{
    /// <summary>A request's full result as it stands.</summary>
    public async Task<RequestAnswer> OfAsync(string baseUrl, Generation generation, CancellationToken cancellationToken)
    {
        if (generation.State.Video is not { } video) return RequestAnswer.OfResult(baseUrl, generation, link: null);
        if (videos.IsPastRetention(generation.State.FinishedAt)) return RequestAnswer.OfResult(baseUrl, generation, link: null) with { VideoGone = true };
        return RequestAnswer.OfResult(baseUrl, generation, await videos.MintLinkAsync(video.BlobName, cancellationToken));
    }

    /// <summary>Opens a request's video for reading; null when it is gone.</summary>
    public async Task<OpenedVideo?> OpenVideoAsync(GenerationState state, SavedVideo video, CancellationToken cancellationToken) =>
        videos.IsPastRetention(state.FinishedAt) ? null : await videos.OpenAsync(video.BlobName, cancellationToken);
}

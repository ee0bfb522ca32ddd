using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Reel.Generations;
using Reel.Videos;

namespace Reel.Api;

/// <summary>
/// POST /v1/{model}: the same submit, and then the video itself as the answer, as the provider's older endpoint does it. The render never depends on
/// the call: when that is over, for whatever reason, the request goes on.
/// </summary>
internal sealed class SyncEndpoint(StateWatch watch, VideoStore videos, Links links, IOptions<ApiOptions> options, TimeProvider time)
{
    public static async Task<IResult> RunAsync(string model, HttpContext context, SubmitEndpoint submit, SyncEndpoint endpoint)
    {
        var submitted = await SubmitEndpoint.SubmitAsync(model, context, submit);

        // Anything else is a refusal, and answered as it is.
        return submitted is JsonHttpResult<RequestAnswer> { Value.RequestId: var id } ? await endpoint.AnswerAsync(id, context) : submitted;
    }

    private async Task<IResult> AnswerAsync(string id, HttpContext context)
    {
        var baseUrl = links.BaseUrl(context.Request);
        return await watch.WaitAsync(context.Caller().Id, id, null, state => state.IsFinal, options.Value.SyncWait, context.RequestAborted) switch
        {
            { State: { Status: GenerationStatus.Completed, Video: { } video } } completed => await VideoAsync(completed, video, baseUrl, context),
            { State: { Status: GenerationStatus.Failed } state } failed =>
                TypedResults.Json(RequestAnswer.OfState(baseUrl, failed), ApiJson.Types.RequestAnswer, statusCode: FailureStatus.Of(state)),
            var other => GoesOn(id, other, baseUrl),
        };
    }

    private async Task<IResult> VideoAsync(Generation generation, SavedVideo saved, string baseUrl, HttpContext context)
    {
        var headers = context.Response.Headers;
        var metrics = generation.State.Metrics;
        if (metrics?.Cost is { } cost) headers["x-cost"] = cost.ToString(CultureInfo.InvariantCulture);
        if (metrics?.RemainingCredits is { } credits) headers["x-remaining-credits"] = credits.ToString(CultureInfo.InvariantCulture);
        if ((metrics?.TotalTime ?? metrics?.InferenceTime) is { } seconds) headers["x-generation-time"] = seconds.ToString(CultureInfo.InvariantCulture);

        if (PrefersJson(context.Request))
        {
            var link = await videos.MintLinkAsync(saved.BlobName, context.RequestAborted);
            return TypedResults.Json(RequestAnswer.OfResult(baseUrl, generation, link), ApiJson.Types.RequestAnswer);
        }

        return await videos.OpenAsync(saved.BlobName, context.RequestAborted) is { } video
            ? TypedResults.Stream(video.Content, saved.ContentType)
            : RequestEndpoints.VideoGone(generation.Request.RequestId);
    }

    // 504 without Retry-After: what is answered with another 5xx or with that may be repeated by a client by itself, and would be another video to pay for.
    private JsonHttpResult<RequestAnswer> GoesOn(string id, Generation? generation, string baseUrl)
    {
        var now = time.GetUtcNow();
        var answer = generation is null ? RequestAnswer.Queued(baseUrl, id) : RequestAnswer.OfState(baseUrl, generation) with { Progress = Progress.At(generation, now) };
        return TypedResults.Json(
            answer with
            {
                Error = $"The video is not there yet. The request goes on: ask {answer.StatusUrl} for it, and do not send it again",
                ErrorCode = "still_under_way",
            },
            ApiJson.Types.RequestAnswer,
            statusCode: 504);
    }

    /// <summary>Whether JSON is asked for before a video; who does not care gets what the provider would give.</summary>
    private static bool PrefersJson(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality("application/json") > Quality("video/mp4");

        double Quality(string type)
        {
            var wanted = new Microsoft.Net.Http.Headers.MediaTypeHeaderValue(type);
            return accepted
                .Where(wanted.IsSubsetOf)
                .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
                .Select(range => range.Quality ?? 1)
                .FirstOrDefault();
        }
    }
}

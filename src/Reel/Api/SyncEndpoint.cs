using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Reel.Generations;

namespace Reel.Api;

/// <summary>
/// POST /v1/{model}: the same submit, and then the video itself as the answer, as the provider's older endpoint does it. The render never depends on
/// the call: when that is over, for whatever reason, the request goes on.
/// </summary>
internal sealed partial class SyncEndpoint(
    StateWatch watch, ResultAnswers results, Links links, IOptions<ApiOptions> options, TimeProvider time, ILogger<SyncEndpoint> logger)
{
    // What is left for the video after the wait, so that the whole stays within what Azure's front end waits.
    private static readonly TimeSpan LeastForVideo = TimeSpan.FromSeconds(5);

    public static async Task<IResult> RunAsync(string model, HttpContext context, SubmitEndpoint submit, SyncEndpoint endpoint)
    {
        var until = endpoint.BeginWait();
        var submitted = await SubmitEndpoint.SubmitAsync(model, context, submit);

        // Anything else is a refusal, and answered as it is.
        return submitted is JsonHttpResult<RequestAnswer> { Value.RequestId: var id } ? await endpoint.AnswerAsync(id, until, context) : submitted;
    }

    // Before the submit: whoever waits for the answer waits for that, too.
    private Countdown BeginWait() => new(time, options.Value.SyncWait);

    /// <summary>From here on the request is accepted, and will be paid for: whatever goes wrong, nothing is answered that makes a client send it again.</summary>
    private async Task<IResult> AnswerAsync(string id, Countdown until, HttpContext context)
    {
        var baseUrl = links.BaseUrl(context.Request);
        Generation? generation = null;
        try
        {
            generation = await watch.WaitAsync(context.Caller().Id, id, null, state => state.IsFinal, until.Left, context.RequestAborted);
            var result = generation switch
            {
                { State: { Status: GenerationStatus.Completed, Video: { } video } } => await VideoAsync(generation, video, baseUrl, until, context),
                { State: { Status: GenerationStatus.Failed } state } =>
                    TypedResults.Json(RequestAnswer.OfState(baseUrl, generation), ApiJson.Types.RequestAnswer, statusCode: FailureStatus.Of(state)),
                _ => GoesOn(id, generation, baseUrl),
            };

            // Here, since the first bytes of a video are read while it is sent.
            await result.ExecuteAsync(context);
            return TypedResults.Empty;
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogNotAnswered(logger, id, exception);
            context.Response.Clear();
            return NotAnswered(id, generation, baseUrl);
        }
    }

    private async Task<IResult> VideoAsync(Generation generation, SavedVideo saved, string baseUrl, Countdown until, HttpContext context)
    {
        using var patience = new CancellationTokenSource(until.Left > LeastForVideo ? until.Left : LeastForVideo, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        if (PrefersJson(context.Request))
        {
            var answer = await results.OfAsync(baseUrl, generation, limit.Token);
            SetHeaders(context.Response.Headers, generation);
            return TypedResults.Json(answer, ApiJson.Types.RequestAnswer);
        }

        if (await results.OpenVideoAsync(generation.State, saved, limit.Token) is not { } video) return RequestEndpoints.VideoGone(generation.Request.RequestId);
        SetHeaders(context.Response.Headers, generation);
        return TypedResults.Stream(video.Content, saved.ContentType);
    }

    private static void SetHeaders(IHeaderDictionary headers, Generation generation)
    {
        var metrics = generation.State.Metrics;
        if (metrics?.Cost is { } cost) headers["x-cost"] = cost.ToString(CultureInfo.InvariantCulture);
        if (metrics?.RemainingCredits is { } credits) headers["x-remaining-credits"] = credits.ToString(CultureInfo.InvariantCulture);
        if ((metrics?.TotalTime ?? metrics?.InferenceTime) is { } seconds) headers["x-generation-time"] = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private JsonHttpResult<RequestAnswer> GoesOn(string id, Generation? generation, string baseUrl) => Later(
        id, generation, baseUrl, "still_under_way", url => $"The video is not there yet. The request goes on: ask {url} for it, and do not send it again");

    private JsonHttpResult<RequestAnswer> NotAnswered(string id, Generation? generation, string baseUrl) => Later(
        id, generation, baseUrl, "answer_unavailable", url => $"The request was accepted, but what became of it cannot be answered at the moment. Ask {url} for it, and do not send it again");

    // 504 without Retry-After: what is answered with another 5xx or with that may be repeated by a client by itself, and would be another video to pay for.
    private JsonHttpResult<RequestAnswer> Later(string id, Generation? generation, string baseUrl, string errorCode, Func<string, string> describe)
    {
        var answer = generation is null
            ? RequestAnswer.Queued(baseUrl, id)
            : RequestAnswer.OfState(baseUrl, generation) with { Progress = Progress.At(generation, time.GetUtcNow()) };
        return TypedResults.Json(answer with { Error = describe(answer.StatusUrl), ErrorCode = errorCode }, ApiJson.Types.RequestAnswer, statusCode: 504);
    }

    /// <summary>Whether JSON is asked for before a video; who does not care gets what the provider would give.</summary>
    private static bool PrefersJson(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality("application/json") > Quality("video/mp4");

        double Quality(string type)
        {
            var wanted = new MediaTypeHeaderValue(type);
            return accepted
                .Where(wanted.IsSubsetOf)
                .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
                .Select(range => range.Quality ?? 1)
                .FirstOrDefault();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} was accepted, and its caller could not be told what became of it.")]
    private static partial void LogNotAnswered(ILogger logger, string requestId, Exception exception);

    /// <summary>How much of a time that began with it is left; less than none when it is over.</summary>
    private sealed class Countdown(TimeProvider time, TimeSpan whole)
    {
        private readonly long start = time.GetTimestamp();

        public TimeSpan Left => whole - time.GetElapsedTime(start);
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Reel.Generations;

namespace Reel.Api;

/// <summary>GET /v2/requests/{id}, its status, its video; its cancelling and its deleting.</summary>
internal static class RequestEndpoints
{
    private static readonly TimeSpan MostUntilCanceled = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);

    public static async Task<IResult> StatusAsync(
        string id, HttpContext context, GenerationStore generations, StateWatch watch, Resubmissions resubmissions, Links links, TimeProvider time)
    {
        if (await WaitParameter.FindAsync(context, id, generations, watch) is not { } generation) return Unknown(id);

        var answer = RequestAnswer.OfState(links.BaseUrl(context.Request), generation);
        return Answer(context, answer with { ResubmittedAs = await resubmissions.FindIfReadableAsync(generation, context.RequestAborted) }, generation, time.GetUtcNow());
    }

    public static async Task<IResult> ResultAsync(
        string id, HttpContext context, GenerationStore generations, StateWatch watch, Resubmissions resubmissions, ResultAnswers results, Links links, TimeProvider time)
    {
        if (await WaitParameter.FindAsync(context, id, generations, watch) is not { } generation) return Unknown(id);

        var answer = await results.OfAsync(links.BaseUrl(context.Request), generation, context.RequestAborted);
        var resubmittedAs = await resubmissions.FindIfReadableAsync(generation, context.RequestAborted);
        var parameters = JsonSerializer.Deserialize(generation.Request.Parameters, ApiJson.Types.JsonElement);
        return Answer(context, answer with { ResubmittedAs = resubmittedAs, Parameters = parameters }, generation, time.GetUtcNow());
    }

    public static async Task<IResult> CancelAsync(string id, HttpContext context, GenerationStore generations, StateWatch watch, Links links)
    {
        if (await generations.CancelAsync(context.Caller().Id, id, context.RequestAborted) is not { } generation) return Unknown(id);

        // It hears of it in a moment, and says then whether it is charged. What cannot be broken off, such as a submit, ends first.
        context.SetSubject(id);
        generation = await watch.WaitAsync(generation, state => state.IsFinal, MostUntilCanceled, context.RequestAborted, FirstLook);
        if (!generation.State.IsFinal) context.Response.Headers.RetryAfter = "1";
        return TypedResults.Json(
            RequestAnswer.OfState(links.BaseUrl(context.Request), generation), ApiJson.Types.RequestAnswer, statusCode: generation.State.IsFinal ? 200 : 202);
    }

    public static async Task<IResult> DeleteAsync(string id, HttpContext context, Deletion deletion)
    {
        var outcome = await deletion.DeleteAsync(context.Caller().Id, id, context.RequestAborted);
        if (outcome == DeletionOutcome.NotFound) return Unknown(id);

        context.SetSubject(id);
        return outcome == DeletionOutcome.Deleted
            ? TypedResults.NoContent()
            : new ApiError(
                $"Request {id} is under way. Cancel it first (POST /v2/requests/{id}/cancel) and delete it when it has ended", "not_final", RequestId: id).As(409);
    }

    public static async Task<IResult> VideoAsync(string id, HttpContext context, GenerationStore generations, ResultAnswers results, TimeProvider time)
    {
        if (await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { State: var state } generation) return Unknown(id);

        context.SetSubject(id);
        if (state.Status == GenerationStatus.Failed) return new ApiError(state.Error!, state.ErrorCode!, RequestId: id).As(422);
        if (state.Video is not { } saved)
        {
            context.Response.Headers.RetryAfter = AnswerHeaders.Seconds(Progress.AskAgainAfter(generation, time.GetUtcNow()));
            return new ApiError($"The video of {id} is not there yet: its status is {RequestAnswer.StatusOf(state)}", "not_ready", RequestId: id).As(409);
        }

        if (await results.OpenVideoAsync(state, saved, context.RequestAborted) is not { } video) return VideoGone(id);

        // It never changes, and whoever may see it is asked about each time.
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Stream(
            video.Content, saved.ContentType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{saved.Sha256}\""));
    }

    // FAILED is served as 422, as the provider does.
    private static JsonHttpResult<RequestAnswer> Answer(HttpContext context, RequestAnswer answer, Generation generation, DateTimeOffset now)
    {
        var state = generation.State;
        if (!state.IsFinal)
        {
            context.Response.Headers.RetryAfter = AnswerHeaders.Seconds(Progress.AskAgainAfter(generation, now));
            answer = answer with { Progress = Progress.At(generation, now) };
        }

        return TypedResults.Json(answer, ApiJson.Types.RequestAnswer, statusCode: state.Status == GenerationStatus.Failed ? 422 : 200);
    }

    public static IResult VideoGone(string id) => new ApiError($"The video of {id} is no longer in storage", "video_gone", RequestId: id).As(404);

    public static IResult Unknown(string id) => new ApiError($"Request {id} not found", "not_found").As(404);
}

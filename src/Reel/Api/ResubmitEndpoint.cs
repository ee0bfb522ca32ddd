using Microsoft.AspNetCore.Http;
using Reel.Generations;
using Reel.Limits;

namespace Reel.Api;

/// <summary>POST /v2/requests/{id}/resubmit: starts a request again whose submit had an unknown outcome; the answer is that of a submit.</summary>
internal static class ResubmitEndpoint
{
    public static async Task<IResult> ResubmitAsync(
        string id, HttpContext context, GenerationStore generations, Resubmissions resubmissions, CallerLimits limits, Links links, TimeProvider time)
    {
        if (await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { } found) return RequestEndpoints.Unknown(id);

        context.SetSubject(id);
        if (!Resubmissions.IsOpenTo(found.State))
        {
            var stands = found.State.ErrorCode is { } code ? $"it ended with {code}" : $"its status is {RequestAnswer.StatusOf(found.State)}";
            return new ApiError(
                $"Only a request that ended with {ErrorCodes.SubmitOutcomeUnknown} can be resubmitted. As for {id}, {stands}", "not_resubmittable", RequestId: id).As(409);
        }

        var baseUrl = links.BaseUrl(context.Request);
        using var limit = SubmitEndpoint.LimitStorage(context);
        var caller = context.Caller().Id;
        var newId = RequestId.New(time.GetUtcNow());
        var isThere = await resubmissions.FindAsync(found, limit.Token) is not null;
        if (!isThere && await resubmissions.FindAcceptedAsync(found.Request, limit.Token) is { } providerId)
        {
            return new ApiError(
                $"The provider did accept {id}, as its request {providerId}; its answer was recorded after {id} had ended. Nothing was sent again, since that "
                + $"would be paid twice. Fetch the video from the provider: GET /v2/requests/{providerId} there, with the provider's key", "not_resubmittable", RequestId: id).As(409);
        }

        if (!isThere && await limits.AdmitAsync(caller, [new Admission(newId, found.Request.Model)], limit.Token) is { } refusal)
            return LimitAnswers.Answer(context, refusal, time);

        var resubmission = await resubmissions.StartAsync(found.Request, newId, baseUrl, limit.Token);
        if (resubmission.IsReplay && !isThere) await limits.ReleaseAsync(caller, newId);
        return SubmitEndpoint.Accepted(context, baseUrl, resubmission.RequestId, resubmission.IsReplay);
    }
}

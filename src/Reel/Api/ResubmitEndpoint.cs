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
        SpendingQuery.AssertNone(context.Request.Query);
        if (await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { } found) return RequestEndpoints.Unknown(id);

        context.SetSubject(id);
        if (!Resubmissions.IsOpenTo(found.State))
        {
            var stands = found.State.ErrorCode is { } code ? $"it ended with {code}" : $"its status is {RequestAnswer.StatusOf(found.State)}";
            return Refuse(id, "not_resubmittable", $"Only a request that ended with {ErrorCodes.SubmitOutcomeUnknown} can be resubmitted. As for {id}, {stands}");
        }

        var caller = context.Caller().Id;
        Resubmission resubmission;
        using (var limit = new StorageLimit(context, time))
        {
            resubmission = await resubmissions.ReserveAsync(found.Request, RequestId.New(time.GetUtcNow()), limit.Token);
            if (resubmission.Kind == ResubmissionKind.ToBeStarted && await resubmissions.FindAcceptedAsync(found.Request, limit.Token) is { } providerId)
            {
                return Refuse(
                    id,
                    "not_resubmittable",
                    $"The provider did accept {id}, as its request {providerId}; its answer was recorded after {id} had ended. Nothing was sent again, since that "
                    + $"would be paid twice. Fetch the video from the provider: GET /v2/requests/{providerId} there, with the provider's key");
            }
        }

        var newId = resubmission.RequestId;
        var baseUrl = links.BaseUrl(context.Request);
        switch (resubmission.Kind)
        {
            case ResubmissionKind.Started:
                return SubmitEndpoint.Accepted(context, baseUrl, newId, isReplay: true);
            case ResubmissionKind.Deleted:
                return Refuse(id, "request_deleted", $"{id} was resubmitted once, as {newId}, and that was deleted. For another video send a new request");
            case ResubmissionKind.Forgotten:
                return Refuse(id, "not_resubmittable", $"{id} was resubmitted once, as {newId}, and that is past its retention. For another video send a new request");
        }

        if (await limits.AdmitAsync(caller, [new Admission(newId, found.Request.Model)], context.RequestAborted) is { } refusal)
            return LimitAnswers.Answer(context, refusal, time);

        await resubmissions.StartAsync(found.Request, newId, baseUrl, context.RequestAborted);
        return SubmitEndpoint.Accepted(context, baseUrl, newId, isReplay: false);
    }

    private static IResult Refuse(string id, string errorCode, string error) => new ApiError(error, errorCode, RequestId: id).As(409);
}

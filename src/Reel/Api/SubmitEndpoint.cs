using Microsoft.AspNetCore.Http;
using Reel.Generations;
using Reel.Limits;
using Reel.Models;

namespace Reel.Api;

/// <summary>POST /v2/{model}: validates, makes the request durable, answers at once.</summary>
internal sealed class SubmitEndpoint(
    RequestIntake intake,
    RequestFactory requests,
    GenerationStore generations,
    IdempotencyKeys idempotency,
    Links links,
    CallerLimits limits,
    TimeProvider time)
{
    private static readonly string[] QueryNames = [DryRun.Parameter, ReservedFields.WebhookUrl];

    /// <summary>The answer for a request that is started, by this call or by another.</summary>
    public static IResult Accepted(HttpContext context, string baseUrl, string requestId, bool isReplay)
    {
        context.SetSubject(requestId);
        if (isReplay) context.Response.Headers["Idempotent-Replayed"] = "true";
        return TypedResults.Json(RequestAnswer.Queued(baseUrl, requestId), ApiJson.Types.RequestAnswer);
    }

    public static Task<IResult> SubmitAsync(string model, HttpContext context, SubmitEndpoint endpoint) => endpoint.HandleAsync(model, context);

    private async Task<IResult> HandleAsync(string slug, HttpContext context)
    {
        if (ModelCatalog.Find(slug) is not { } model) return ModelEndpoints.UnknownModel(slug);

        var body = await RequestBody.ReadObjectAsync(context.Request);
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var ours = new ReservedFields(body, errors);
        var content = intake.Read(model, body, ReservedFields.Names, ours, context.Caller().Id, context.Request.Query, errors);
        var key = IdempotencyKeyField.Read(ours, context.Request, errors);
        var isDryRun = DryRun.IsWanted(context.Request, errors);
        foreach (var (name, fault) in SpendingQuery.Faults(context.Request.Query, QueryNames)) errors.TryAdd(name, fault);
        if (errors.Count > 0 || content is null) return ApiError.Invalid(errors).As(400);

        var acceptedAt = time.GetUtcNow();
        var reservation = new Reservation(RequestId.New(acceptedAt));
        var caller = context.Caller();
        if (isDryRun)
        {
            var refusedBy = await limits.CheckAsync(caller.Id, [new Admission(reservation.RequestId, model.Slug)], context.RequestAborted);
            return DryRun.Answer(model, content.Parameters, refusedBy);
        }

        if (key is not null)
        {
            var fingerprint = IdempotencyKeys.Fingerprint([.. content.Parts()]);
            using var limit = new StorageLimit(context, time);
            reservation = await idempotency.ReserveAsync(caller.Id, key, fingerprint, reservation.RequestId, limit.Token);
            if (reservation.IsConflict)
                return new ApiError("This idempotency key was used for a request with other parameters", "idempotency_key_reused").As(422);
        }

        if (reservation.IsDeleted)
        {
            return new ApiError(
                $"The request of this idempotency key, {reservation.RequestId}, was deleted. Use another key for a new one", "request_deleted").As(409);
        }

        var baseUrl = links.BaseUrl(context.Request);
        if (reservation.IsStarted) return Accepted(context, baseUrl, reservation.RequestId, isReplay: true);

        if (await limits.AdmitAsync(caller.Id, [new Admission(reservation.RequestId, model.Slug)], context.RequestAborted) is { } refusal)
            return LimitAnswers.Answer(context, refusal, time);

        await generations.StartAsync(requests.Create(reservation.RequestId, caller.Id, content, acceptedAt, baseUrl), context.RequestAborted);

        // Also where the key was reserved before: nobody has been told of its request, since it was refused or broken off then.
        return Accepted(context, baseUrl, reservation.RequestId, isReplay: false);
    }
}

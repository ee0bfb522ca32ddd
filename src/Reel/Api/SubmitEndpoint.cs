using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Generations;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>POST /v2/{model}: validates, makes the request durable, answers at once.</summary>
internal sealed class SubmitEndpoint(
    GenerationStore generations,
    IdempotencyKeys idempotency,
    Links links,
    WebhookIntake webhooks,
    IOptions<RequestOptions> requestOptions,
    IOptions<PollingOptions> pollingOptions,
    TimeProvider time)
{
    // A caller gives up about then.
    private static readonly TimeSpan StorageLimit = TimeSpan.FromSeconds(20);

    /// <summary>Ends with the request, or when storage has taken too long to answer it.</summary>
    public static CancellationTokenSource LimitStorage(HttpContext context)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(StorageLimit);
        return limit;
    }

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
        var check = ParameterValidator.Validate(model, body, ReservedFields.Names);
        if (check is ParameterCheck.Invalid { Faults: var faults })
        {
            foreach (var fault in faults) errors.TryAdd(fault.Parameter, fault.Message);
        }

        var ours = new ReservedFields(body, errors);
        var webhookUrl = ReadWebhookUrl(ours, context.Request, errors);
        var metadata = ours.Metadata();
        var key = IdempotencyKeyField.Read(ours, context.Request, errors);
        if (errors.Count > 0 || check is not ParameterCheck.Valid { Json: var parameters })
            return new ApiError(string.Join("; ", errors.Select(e => $"{e.Key} {e.Value}")), "invalid_parameters", errors).As(400);

        var acceptedAt = time.GetUtcNow();
        var reservation = new Reservation(RequestId.New(acceptedAt));
        var caller = context.Caller();
        if (key is not null)
        {
            var fingerprint = IdempotencyKeys.Fingerprint(model.Slug, parameters, webhookUrl, metadata);
            using var limit = LimitStorage(context);
            reservation = await idempotency.ReserveAsync(caller.Id, key, fingerprint, reservation.RequestId, limit.Token);
            if (reservation.IsConflict)
                return new ApiError("This idempotency key was used for a request with other parameters", "idempotency_key_reused").As(422);
        }

        var baseUrl = links.BaseUrl(context.Request);
        if (reservation.IsStarted) return Accepted(context, baseUrl, reservation.RequestId, reservation.IsReplay);

        var polling = pollingOptions.Value;
        await generations.StartAsync(
            new GenerationRequest(
                reservation.RequestId,
                caller.Id,
                model.Slug,
                parameters,
                acceptedAt,
                acceptedAt + requestOptions.Value.Deadline,
                new PollSchedule(model.TypicalTime.TotalSeconds, polling.Least.TotalSeconds, polling.Most.TotalSeconds),
                baseUrl,
                webhookUrl,
                webhookUrl is null ? null : webhooks.Schedule,
                metadata,
                Steps: GenerationRequest.StepsNow),
            context.RequestAborted);
        return Accepted(context, baseUrl, reservation.RequestId, reservation.IsReplay);
    }

    private string? ReadWebhookUrl(ReservedFields ours, HttpRequest request, SortedDictionary<string, string> errors)
    {
        var text = ours.Text(ReservedFields.WebhookUrl) ?? (request.Query[ReservedFields.WebhookUrl] is [{ } given, ..] ? given : null);
        if (text is null) return null;
        if (webhooks.TryAccept(text, out var accepted, out var error)) return accepted;
        errors.TryAdd(ReservedFields.WebhookUrl, error);
        return null;
    }
}

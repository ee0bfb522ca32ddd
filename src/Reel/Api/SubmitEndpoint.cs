using System.Text;
using System.Text.Json;
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
    /// <summary>Names of ours in the body, next to the model's parameters; never sent on.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.Ordinal) { "webhook_url", "metadata", "idempotency_key" };

    // It travels in every webhook and every answer.
    private const int MaxMetadataBytes = 4 * 1024;

    public static Task<IResult> SubmitAsync(string model, HttpContext context, SubmitEndpoint endpoint) => endpoint.HandleAsync(model, context);

    private async Task<IResult> HandleAsync(string slug, HttpContext context)
    {
        if (ModelCatalog.Find(slug) is not { } model) return ModelEndpoints.UnknownModel(slug);

        var body = await RequestBody.ReadObjectAsync(context.Request);
        var errors = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var check = ParameterValidator.Validate(model, body, Reserved);
        if (check is ParameterCheck.Invalid { Faults: var faults })
        {
            foreach (var fault in faults) errors.TryAdd(fault.Parameter, fault.Message);
        }

        var webhookUrl = ReadWebhookUrl(body, context.Request, errors);
        var metadata = ReadMetadata(body, errors);
        var key = ReadIdempotencyKey(body, context.Request, errors);
        if (errors.Count > 0 || check is not ParameterCheck.Valid { Json: var parameters })
            return new ApiError(string.Join("; ", errors.Select(e => $"{e.Key} {e.Value}")), "invalid_parameters", errors).As(400);

        var acceptedAt = time.GetUtcNow();
        var requestId = RequestId.New(acceptedAt);
        var caller = context.Caller();
        if (key is not null)
        {
            var fingerprint = IdempotencyKeys.Fingerprint(model.Slug, parameters, webhookUrl, metadata);
            var reservation = await idempotency.ReserveAsync(caller.Id, key, fingerprint, requestId, acceptedAt, context.RequestAborted);
            if (reservation.IsConflict)
                return new ApiError("This idempotency key was used for a request with other parameters", "idempotency_key_reused").As(422);
            if (reservation.IsReplay) context.Response.Headers["Idempotent-Replayed"] = "true";
            (requestId, acceptedAt) = (reservation.Record.RequestId, reservation.Record.AcceptedAt);
        }

        var baseUrl = links.BaseUrl(context.Request);
        var polling = pollingOptions.Value;
        await generations.StartAsync(
            new GenerationRequest(
                requestId,
                caller.Id,
                model.Slug,
                parameters,
                acceptedAt,
                acceptedAt + requestOptions.Value.Deadline,
                new PollSchedule(model.TypicalTime.TotalSeconds, polling.Least.TotalSeconds, polling.Most.TotalSeconds),
                baseUrl,
                webhookUrl,
                webhookUrl is null ? null : webhooks.Schedule,
                metadata),
            context.RequestAborted);

        return TypedResults.Json(RequestAnswer.Queued(baseUrl, requestId), ApiJson.Types.RequestAnswer);
    }

    private string? ReadWebhookUrl(JsonElement body, HttpRequest request, SortedDictionary<string, string> errors)
    {
        var text = ReadString(body, "webhook_url", errors) ?? (request.Query["webhook_url"] is [{ } given, ..] ? given : null);
        if (text is null) return null;
        if (webhooks.TryAccept(text, out var accepted, out var error)) return accepted;
        errors.TryAdd("webhook_url", error);
        return null;
    }

    private static string? ReadMetadata(JsonElement body, SortedDictionary<string, string> errors)
    {
        if (!body.TryGetProperty("metadata", out var element) || element.ValueKind == JsonValueKind.Null) return null;
        try
        {
            if (element.ValueKind != JsonValueKind.Object) throw new FormatException("must be a JSON object");
            var json = JsonSerializer.Serialize(element, ApiJson.Types.JsonElement);
            return Encoding.UTF8.GetByteCount(json) <= MaxMetadataBytes ? json : throw new FormatException($"must be at most {MaxMetadataBytes} bytes as JSON");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            errors.TryAdd("metadata", exception is FormatException ? exception.Message : "holds text that is not valid Unicode");
            return null;
        }
    }

    private static string? ReadIdempotencyKey(JsonElement body, HttpRequest request, SortedDictionary<string, string> errors)
    {
        var inBody = ReadString(body, "idempotency_key", errors);
        string? inHeader = request.Headers["Idempotency-Key"] is [{ } header, ..] ? header.Trim() : null;

        // The header may come as a structured-field string, in quotes.
        if (inHeader is ['"', .. var quoted, '"']) inHeader = quoted;

        var key = inHeader ?? inBody;
        if (key is null) return null;
        if (key.Length is 0 or > IdempotencyKeys.MaxLength)
            errors.TryAdd("idempotency_key", $"must be 1 to {IdempotencyKeys.MaxLength} characters");
        else if (inBody is not null && inHeader is not null && inBody != inHeader)
            errors.TryAdd("idempotency_key", "differs from the Idempotency-Key header");
        return key;
    }

    private static string? ReadString(JsonElement body, string name, SortedDictionary<string, string> errors)
    {
        if (!body.TryGetProperty(name, out var element) || element.ValueKind == JsonValueKind.Null) return null;
        try
        {
            if (element.ValueKind == JsonValueKind.String) return element.GetString();
            errors.TryAdd(name, "must be a string");
        }
        catch (InvalidOperationException)
        {
            errors.TryAdd(name, "is not valid Unicode");
        }

        return null;
    }
}

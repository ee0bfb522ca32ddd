using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Reel.Batches;
using Reel.Generations;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>The deliveries of a request's or a batch's webhooks, and their being sent again.</summary>
internal static class DeliveryEndpoints
{
    private const string BodyRule = "The body must be a JSON object with type or event_id, or empty";

    public static async Task<IResult> OfRequestAsync(string id, HttpContext context, GenerationStore generations, Deliveries deliveries, EndpointRecords endpoints) =>
        await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is null
            ? RequestEndpoints.Unknown(id)
            : await ListAsync(id, context, deliveries, endpoints);

    public static async Task<IResult> OfBatchAsync(string id, HttpContext context, BatchStore batches, Deliveries deliveries, EndpointRecords endpoints) =>
        await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is null
            ? BatchEndpoints.Unknown(id)
            : await ListAsync(id, context, deliveries, endpoints);

    public static async Task<IResult> RedeliverRequestAsync(string id, HttpContext context, GenerationStore generations, Deliveries deliveries, EndpointRecords endpoints) =>
        await generations.FindAsync(context.Caller().Id, id, context.RequestAborted) is null
            ? RequestEndpoints.Unknown(id)
            : await RedeliverAsync(id, context, deliveries, endpoints);

    public static async Task<IResult> RedeliverBatchAsync(string id, HttpContext context, BatchStore batches, Deliveries deliveries, EndpointRecords endpoints) =>
        await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is null
            ? BatchEndpoints.Unknown(id)
            : await RedeliverAsync(id, context, deliveries, endpoints);

    private static async Task<IResult> ListAsync(string id, HttpContext context, Deliveries deliveries, EndpointRecords endpoints)
    {
        var caller = context.Caller().Id;
        context.SetSubject(id);
        context.Response.Headers.CacheControl = "no-store";
        var found = await deliveries.ListAsync(caller, id, context.RequestAborted);
        var paused = new Dictionary<WebhookEndpoint, bool>();
        foreach (var endpoint in found.Select(delivery => WebhookEndpoint.Of(caller, delivery.Webhook.Url)).Distinct())
            paused[endpoint] = (await endpoints.LookAsync(endpoint, context.RequestAborted))?.PausedAt is not null;
        return TypedResults.Json(
            new DeliveryListAnswer([.. found.Select(delivery => DeliveryAnswer.Of(delivery, paused[WebhookEndpoint.Of(caller, delivery.Webhook.Url)]))]),
            ApiJson.Types.DeliveryListAnswer);
    }

    private static async Task<IResult> RedeliverAsync(string id, HttpContext context, Deliveries deliveries, EndpointRecords endpoints)
    {
        var (choose, what) = await ReadChoiceAsync(context.Request);
        var caller = context.Caller().Id;
        context.SetSubject(id);

        var before = (await deliveries.ListAsync(caller, id, context.RequestAborted)).LastOrDefault(delivery => choose(delivery.Webhook));
        if (before is null) return NoDelivery(id, what);
        if ((await endpoints.LookAsync(WebhookEndpoint.Of(caller, before.Webhook.Url), context.RequestAborted))?.PausedAt is not null)
        {
            return new ApiError(
                "The endpoint is paused, since it failed for too long. Resume it first (POST /v2/webhooks/endpoints/resume)", "endpoint_paused", RequestId: id).As(409);
        }

        var redelivery = await deliveries.RedeliverAsync(caller, id, choose, wake: true, context.RequestAborted);
        return redelivery.Kind switch
        {
            RedeliveryKind.NoEvent => NoDelivery(id, what),
            RedeliveryKind.TooMany => new ApiError(
                $"The event was sent again {DeliveryIds.MostRedeliveries} times, which is as often as can be", "redelivery_limit", RequestId: id).As(409),
            _ => Accepted(redelivery.Delivery!),
        };
    }

    private static JsonHttpResult<DeliveryAnswer> Accepted(Delivery delivery) =>
        TypedResults.Json(DeliveryAnswer.Of(delivery, isPaused: false), ApiJson.Types.DeliveryAnswer, statusCode: 202);

    private static IResult NoDelivery(string id, string what) => new ApiError(
        $"There is no delivery of {what} for {id}: it has not happened yet, or no webhook was to be told of it", "no_delivery", RequestId: id).As(409);

    /// <summary>Which event is meant: by default the one that tells the end.</summary>
    private static async Task<(Func<WebhookEvent, bool> Choose, string What)> ReadChoiceAsync(HttpRequest request)
    {
        var bytes = await RequestBody.ReadAsync(request, RequestBody.MaxBytes);
        if (bytes.IsEmpty) return (Deliveries.IsFinal, "its final event");
        if (!request.HasJsonContentType()) throw new ApiException(406, new ApiError("Invalid content type", "invalid_content_type"));

        var body = RequestBody.ParseObject(bytes, BodyRule);
        var fields = new BodyFields(body, "type", "event_id");
        var (type, eventId) = (fields.ReadText("type"), fields.ReadText("event_id"));
        fields.ThrowIfWrong();
        return (type, eventId) switch
        {
            (null, null) => (Deliveries.IsFinal, "its final event"),
            (_, null) => (webhook => webhook.Type == type, type),
            _ => (webhook => webhook.Id == eventId && (type is null || webhook.Type == type), eventId),
        };
    }
}

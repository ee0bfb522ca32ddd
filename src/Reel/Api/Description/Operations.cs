using System.Text.Json;
using Reel.Models;

namespace Reel.Api.Description;

/// <summary>What is said of each route, by verb and pattern. A route that is not in here fails a test.</summary>
internal static class Operations
{
    private const string Submits = "Submit";
    private const string Requests = "Requests";
    private const string Batches = "Batches";
    private const string Webhooks = "Webhooks";
    private const string About = "Models and usage";
    private const string Service = "This service";

    private const string RedeliverText =
        "Under the same event id, as a delivery of its own. While one of the event is under way, that one makes an attempt now, unless it has just made one.";

    private static readonly Outcome Invalid = new(400, "What was sent is not valid; errors says why, by parameter.", [typeof(ApiError)]);
    private static readonly Outcome Unknown = new(404, "There is none, or it is another caller's.", [typeof(ApiError)]);
    private static readonly Outcome NoModel = new(404, "No such model.", [typeof(ApiError)]);
    private static readonly Outcome NoRoom = new(406, "The body is not of a content type that is taken, or this key's spend limit is reached.", [typeof(ApiError), typeof(LimitError)]);
    private static readonly Outcome TooSlow = new(408, "The body did not come in time.", [typeof(ApiError)]);
    private static readonly Outcome Deleted = new(409, "The request of the idempotency key was deleted.", [typeof(ApiError)]);
    private static readonly Outcome TooLarge = new(413, "The body is too large.", [typeof(ApiError)]);
    private static readonly Outcome Reused = new(422, "The idempotency key was used for something else.", [typeof(ApiError)]);
    private static readonly Outcome Limited = new(429, "This key's limit of requests per minute or in flight is reached.", [typeof(LimitError)], null, Headers.RetryAfter);
    private static readonly Outcome NotModified = new(304, "It is as it was.", [], null, Headers.ETag);
    private static readonly Outcome[] Redelivered =
    [
        new(202, "The new delivery, or the one that is under way.", [typeof(DeliveryAnswer)]),
        Invalid,
        Unknown,
        new(406, "The body is not JSON.", [typeof(ApiError)]),
        new(409, "There is no such event, its endpoint is paused, or it was sent again too often.", [typeof(ApiError)]),
        TooLarge,
    ];

    private static readonly Outcome Failed = new(422, "It has FAILED.", [typeof(RequestAnswer)]);

    public static IReadOnlyDictionary<string, Operation> All { get; } = new Dictionary<string, Operation>(StringComparer.Ordinal)
    {
        ["POST /v2/{model}"] = new(
            "submit",
            Submits,
            "Order a video",
            "Answered as soon as the request is durable. The request goes on by itself; status_url tells how far it is, and webhook_url is told the end.",
            [Inputs.DryRun, Inputs.WebhookUrl, Inputs.IdempotencyKey],
            [
                new(200, "It is accepted; or, with dry_run, what it would cost.", [typeof(RequestAnswer), typeof(DryRunAnswer)], null, Headers.Replayed),
                Invalid, NoModel, NoRoom, TooSlow, Deleted, TooLarge, Reused, Limited,
            ],
            BodyKind.Model),
        ["POST /v1/{model}"] = new(
            "render",
            Submits,
            "Order a video and wait for it",
            "The answer is the video itself, or the result where Accept prefers application/json. When it takes too long the answer is 504 with status_url, and "
            + "the request goes on: with an idempotency key the same call waits on, without one it would be another video.",
            [Inputs.DryRun, Inputs.WebhookUrl, Inputs.IdempotencyKey],
            [
                new(
                    200, "The video; the result; or, with dry_run, what it would cost.", [typeof(RequestAnswer), typeof(DryRunAnswer)], "video/*",
                    Headers.Cost, Headers.Credits, Headers.GenerationTime, Headers.Replayed),
                Refused(400, "The body is not valid, or the provider refused it."),
                Refused(403, "The provider's account may not use the model."),
                Refused(404, "No such model, here or at the provider; or the video is gone."),
                new(
                    406, "The body is not JSON, this key's spend limit is reached, or the provider's account has too few credits.",
                    [typeof(ApiError), typeof(LimitError), typeof(RequestAnswer)]),
                TooSlow,
                Deleted,
                Refused(410, "The provider retired the model."),
                Refused(413, "The body is too large, here or for the provider."),
                Refused(422, "The request has FAILED, or the idempotency key was used for something else."),
                Limited,
                Refused(500, "A defect of Reel's own."),
                Refused(502, "The provider refused the request for another reason."),
                new(504, "The video is not there yet and the request goes on; or what became of it cannot be told, and it is not to be sent again.", [typeof(RequestAnswer)]),
            ],
            BodyKind.Model),
        ["GET /v2/requests"] = new(
            "listRequests",
            Requests,
            "Your requests, newest first",
            "next_cursor leads on, also from a page that is short because of a filter.",
            [Inputs.Status, Inputs.ModelFilter, Inputs.Since, Inputs.Until, Inputs.Limit, Inputs.Cursor],
            [new(200, "A page.", [typeof(ListAnswer)]), Invalid]),
        ["GET /v2/requests/{id}"] = new(
            "getRequest", Requests, "A request with its result", "With output, video, metadata and metrics.", [Inputs.Request, Inputs.Wait], States()),
        ["GET /v1/requests/{id}"] = new(
            "getRequestV1", Requests, "The same for older clients", "What GET /v2/requests/{id} answers.", [Inputs.Request, Inputs.Wait], States()),
        ["GET /v2/requests/{id}/status"] = new(
            "getStatus", Requests, "How far a request is", "The light state. With wait it is answered when the status or stage has changed, or after that time.", [Inputs.Request, Inputs.Wait], States()),
        ["GET /v2/requests/{id}/events"] = new(
            "streamEvents",
            Requests,
            "A request as it changes",
            "Server-Sent Events. status has a whole Request as its data, with an id; progress has a Progress, about every five seconds; a comment breaks a silence. The "
            + "stream ends after the final state, or when its time is over: come back with Last-Event-ID.",
            [Inputs.Request, Inputs.LastEventId],
            [new(200, "The stream.", [], "text/event-stream"), new(204, "The final state was seen: there is no more.", []), Unknown]),
        ["GET /v2/requests/{id}/video"] = new(
            "getVideo",
            Requests,
            "The video",
            "The bytes, whole or in part.",
            [Inputs.Request, Inputs.Range, Inputs.IfNoneMatch],
            [
                new(200, "The video.", [], "video/*", Headers.ETag),
                new(206, "The part that was asked for.", [], "video/*", Headers.ETag, Headers.ContentRange),
                NotModified,
                new(404, "No such request, or its video is no longer in storage.", [typeof(ApiError)]),
                new(409, "It is not there yet.", [typeof(ApiError)], null, Headers.RetryAfter),
                new(416, "No such part.", [], null, Headers.ContentRange),
                new(422, "The request has FAILED.", [typeof(ApiError)]),
            ]),
        ["DELETE /v2/requests/{id}"] = new(
            "deleteRequest",
            Requests,
            "Delete a request",
            "Removes the record and the video of one that has ended.",
            [Inputs.Request],
            [new(204, "It is gone.", []), Unknown, new(409, "It is under way: cancel it first.", [typeof(ApiError)])]),
        ["POST /v2/requests/{id}/cancel"] = new(
            "cancelRequest",
            Requests,
            "Cancel a request",
            "It ends as FAILED with canceled; charged says whether the provider may bill it. One that is final stays what it is.",
            [Inputs.Request],
            [
                new(200, "It is final.", [typeof(RequestAnswer)]),
                new(202, "It is about to end, and takes more than two seconds for it.", [typeof(RequestAnswer)], null, Headers.RetryAfter),
                Unknown,
            ]),
        ["POST /v2/requests/{id}/resubmit"] = new(
            "resubmitRequest",
            Requests,
            "Send a request of unknown outcome again",
            "For one that ended with submit_outcome_unknown: it is started once more as a new request, and however often this is called, there is one.",
            [Inputs.Request],
            [
                new(200, "The new request.", [typeof(RequestAnswer)], null, Headers.Replayed),
                Invalid,
                Unknown,
                new(406, "This key's spend limit is reached.", [typeof(LimitError)]),
                new(409, "It did not end so; or it was resubmitted once, and that request is gone.", [typeof(ApiError)]),
                Limited,
            ]),
        ["POST /v2/batches"] = new(
            "submitBatch",
            Batches,
            "Order up to 1,000 videos",
            "All of it is validated before any of it is started. JSON with requests, or JSON Lines with the options as query parameters.",
            [Inputs.WebhookUrl, Inputs.WebhookEvents, Inputs.Concurrency, Inputs.Metadata, Inputs.IdempotencyKey],
            [new(200, "It is accepted.", [typeof(BatchAnswer)], null, Headers.Replayed), Invalid, NoRoom, TooSlow, TooLarge, Reused, Limited],
            BodyKind.Batch),
        ["GET /v2/batches"] = new(
            "listBatches", Batches, "Your batches, newest first", "By page.", [Inputs.Limit, Inputs.Cursor], [new(200, "A page.", [typeof(BatchListAnswer)]), Invalid]),
        ["GET /v2/batches/{id}"] = new(
            "getBatch", Batches, "A batch", "With its counts and its cost so far.", [Inputs.Batch], [new(200, "The batch.", [typeof(BatchAnswer)], null, Headers.RetryAfter), Unknown]),
        ["GET /v2/batches/{id}/requests"] = new(
            "listBatchRequests",
            Batches,
            "A batch's requests",
            "In the order of the input, by page. next_cursor leads on, also from a page that is short because of a filter.",
            [Inputs.Batch, Inputs.Status, Inputs.Limit, Inputs.Cursor],
            [new(200, "A page.", [typeof(ListAnswer)]), Invalid, Unknown]),
        ["POST /v2/batches/{id}/cancel"] = new(
            "cancelBatch",
            Batches,
            "Cancel a batch",
            "Begins nothing more of it and cancels what is under way.",
            [Inputs.Batch],
            [new(200, "It is final.", [typeof(BatchAnswer)]), new(202, "It is about to end.", [typeof(BatchAnswer)], null, Headers.RetryAfter), Unknown]),
        ["GET /v2/requests/{id}/deliveries"] = new(
            "listDeliveries",
            Webhooks,
            "The deliveries of a request's webhooks",
            "Every event, every attempt, oldest first; none without a webhook.",
            [Inputs.Request],
            [new(200, "The deliveries.", [typeof(DeliveryListAnswer)]), Unknown]),
        ["POST /v2/requests/{id}/deliveries/redeliver"] = new(
            "redeliver", Webhooks, "Send an event of a request again", RedeliverText, [Inputs.Request], Redelivered, BodyKind.Redelivery),
        ["GET /v2/batches/{id}/deliveries"] = new(
            "listBatchDeliveries",
            Webhooks,
            "The deliveries of a batch's webhook",
            "Every attempt, oldest first; none without a webhook. Those of its requests are at the requests.",
            [Inputs.Batch],
            [new(200, "The deliveries.", [typeof(DeliveryListAnswer)]), Unknown]),
        ["POST /v2/batches/{id}/deliveries/redeliver"] = new(
            "redeliverBatch", Webhooks, "Send an event of a batch again", RedeliverText, [Inputs.Batch], Redelivered, BodyKind.Redelivery),
        ["GET /v2/webhooks/endpoints"] = new(
            "listEndpoints",
            Webhooks,
            "Your endpoints that are in trouble",
            "Those that fail, are paused or have missed something; an endpoint is a URL without its query.",
            [Inputs.Limit, Inputs.Cursor],
            [new(200, "A page.", [typeof(EndpointListAnswer)]), Invalid]),
        ["POST /v2/webhooks/endpoints/resume"] = new(
            "resumeEndpoint",
            Webhooks,
            "Resume an endpoint",
            "It is sent to again; with redeliver also what it has missed, oldest first and a few at a time, under the same event ids.",
            [],
            [
                new(202, "It is resumed.", [typeof(EndpointAnswer)]),
                Invalid,
                new(404, "No endpoint of this URL has failed or missed anything.", [typeof(ApiError)]),
                new(406, "The body is not JSON.", [typeof(ApiError)]),
                TooLarge,
            ],
            BodyKind.Resume),
        ["GET /v2/webhooks/keys"] = new(
            "getWebhookKeys",
            Webhooks,
            "What your webhooks can be verified with",
            "The public halves of the Ed25519 keys that sign them, for receivers that share no secret.",
            [],
            [new(200, "The keys.", [typeof(WebhookKeysAnswer)])]),
        ["GET /v2/usage"] = new(
            "getUsage",
            About,
            "What your requests cost",
            "By UTC day and model, of at most 92 days; the last 30 unless told.",
            [Inputs.Since, Inputs.Until],
            [new(200, "Counts and costs.", [typeof(UsageAnswer)]), Invalid]),
        ["GET /v2/models"] = new(
            "listModels", About, "All models", "With parameters, price range, typical time and an example.", [], [new(200, "The models.", [typeof(IReadOnlyList<ModelDescription>)])]),
        ["GET /v2/models/{model}"] = new(
            "getModel", About, "A model", "Its parameters, price range, typical time and an example.", [Inputs.Model], [new(200, "The model.", [typeof(ModelDescription)]), NoModel]),
        ["GET /healthz"] = new(
            "getHealth",
            Service,
            "Whether the durable engine answers",
            "For probes.",
            [],
            [new(200, "It does.", [typeof(HealthAnswer)]), new(503, "It does not.", [typeof(HealthAnswer)])]),
        ["GET /openapi.json"] = new(
            "getDescription", Service, "This description", "OpenAPI 3.1.", [Inputs.IfNoneMatch], [new(200, "The document.", [typeof(JsonElement)], null, Headers.ETag), NotModified]),
        ["GET /docs"] = new(
            "getDocs", Service, "This description, to be read", "A page.", [Inputs.IfNoneMatch], [new(200, "The page.", [], "text/html", Headers.ETag), NotModified]),
        ["GET /"] = new(
            "getPage", Service, "The page for people", "A form, a gallery and the usage, on nothing but this API.", [Inputs.IfNoneMatch], [new(200, "The page.", [], "text/html", Headers.ETag), NotModified]),
        ["GET /page/{version}/{file}"] = new(
            "getPagePart",
            Service,
            "A script or style of the page",
            "The page names them.",
            [Inputs.PageVersion, Inputs.PageFile, Inputs.IfNoneMatch],
            [new(200, "It.", [], "text/*", Headers.ETag), NotModified, new(404, "The page has no such part.", [typeof(ApiError)])]),
    };

    private static Outcome[] States() =>
    [
        new(200, "Its state.", [typeof(RequestAnswer)], null, Headers.RetryAfter),
        new(400, "The wait is not valid.", [typeof(ApiError)]),
        Unknown,
        Failed,
    ];

    private static Outcome Refused(int status, string text) => new(status, text, [typeof(ApiError), typeof(RequestAnswer)]);
}

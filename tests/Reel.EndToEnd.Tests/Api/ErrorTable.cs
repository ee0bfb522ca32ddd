using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Reel.Generations;
using Reel.Webhooks;

namespace Reel.ErrorTable;

/// <summary>What an API is tested on, whichever host it runs in.</summary>
internal interface IErrorWorld
{
    /// <summary>Over a real socket.</summary>
    HttpClient Http { get; }

    /// <summary>The connection string of its storage.</summary>
    string Storage { get; }

    /// <summary>Another host of the same kind, whose storage nobody answers for.</summary>
    HttpClient HttpWithoutStorage { get; }

    /// <summary>The state that requests are in as soon as they are started; null for that of one just accepted.</summary>
    GenerationState? StateOfNew { set; }

    /// <summary>The durable engine does not answer.</summary>
    bool IsEngineDown { set; }

    /// <summary>Adds a delivery that is over; it began an hour ago.</summary>
    Task AddDeliveryAsync(string instanceId, WebhookEvent webhook, DeliveryProgress progress);
}

/// <summary>A row: what is sent, and what must be answered. The path's <c>{id}</c> is a request in <paramref name="State"/>.</summary>
/// <param name="State">Of the request that the path names, or that the row starts.</param>
/// <param name="Before">What is sent first: the verb, the path, and the body if it is another. The first's request is the path's <c>{id}</c>.</param>
/// <param name="IsAboutRequest">The answer names the request, in its body and in x-request-id.</param>
internal sealed record Row(
    string Name,
    int Status,
    string Code,
    string Verb,
    string Path,
    string? Body = null,
    string? ContentType = "application/json",
    string? Key = Rows.Key,
    GenerationState? State = null,
    bool IsEngineDown = false,
    bool IsStorageDown = false,
    (string Verb, string Path, string? Body)[]? Before = null,
    bool IsAboutRequest = false,
    bool HasRetryAfter = false,
    string? Error = null,
    string? Parameter = null);

/// <summary>What a row was answered with.</summary>
internal sealed record RowAnswer(string Verb, string Path, int Status, string Body);

/// <summary>The error table, the same for both hosts, which have <see cref="Settings"/>.</summary>
internal static class Rows
{
    public const string Key = "desk-key-of-sixteen-characters";

    public const string PerMinute = "minute-key-of-sixteen-characters";
    public const string InFlight = "flight-key-of-sixteen-characters";
    public const string PerDay = "dollar-key-of-sixteen-characters";

    private const string Prompt = """{"prompt": "a lighthouse"}""";
    private const string Unknown = "/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab";

    private const string Batch = """{"requests": [{"model": "kling-2.6", "prompt": "a lighthouse"}]}""";
    private const string Keyed = """{"prompt": "a lighthouse", "idempotency_key": "a key"}""";
    private const string OtherKeyed = """{"prompt": "a tower", "idempotency_key": "a key"}""";
    private const string Gone = """{"prompt": "a lighthouse", "idempotency_key": "of a deleted one"}""";

    private static readonly GenerationState Rendering = new(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: DateTimeOffset.UnixEpoch);

    // Its video is in no storage.
    private static readonly GenerationState Completed = new(
        GenerationStatus.Completed, Stage.Done, FinishedAt: DateTimeOffset.UnixEpoch, Charged: Charged.Yes, Video: new("desk/gone.mp4", 4, new string('0', 64), "video/mp4"));

    private static readonly Row[] All =
    [
        new("no JSON", 400, "invalid_json", "POST", "/v2/kling-2.6", "{"),
        new("no JSON, v1", 400, "invalid_json", "POST", "/v1/kling-2.6", "{"),
        new("a missing field", 400, "invalid_parameters", "POST", "/v2/kling-2.6", "{}", Parameter: "prompt"),
        new("an unsupported value", 400, "invalid_parameters", "POST", "/v2/kling-2.6", """{"prompt": "a", "duration": 7}""", Parameter: "duration"),
        new("a missing field, v1", 400, "invalid_parameters", "POST", "/v1/kling-2.6", "{}", Parameter: "prompt"),
        new("a wait that is none", 400, "invalid_parameters", "GET", "/v2/requests/{id}/status?wait=soon", Parameter: "wait"),
        new("a wait that is too long", 400, "invalid_parameters", "GET", "/v2/requests/{id}?wait=61", Parameter: "wait"),
        new("a wait that is negative", 400, "invalid_parameters", "GET", "/v2/requests/{id}?wait=-Infinity", Parameter: "wait"),
        new("refused by the provider with 400, v1", 400, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(400), IsAboutRequest: true),
        new("a batch of nothing", 400, "invalid_parameters", "POST", "/v2/batches", """{"requests": []}""", Parameter: "requests"),
        new("a cursor that is none", 400, "invalid_parameters", "GET", "/v2/requests?cursor=x", Parameter: "cursor"),
        new("a range that is none", 400, "invalid_parameters", "GET", "/v2/usage?since=soon", Parameter: "since"),

        new("a resume without a URL", 400, "invalid_parameters", "POST", "/v2/webhooks/endpoints/resume", "{}", Parameter: "url"),
        new("a resume of no URL", 400, "invalid_parameters", "POST", "/v2/webhooks/endpoints/resume", """{"url": "/hook"}""", Parameter: "url"),
        new("a redelivery of what is no event", 400, "invalid_parameters", "POST", "/v2/requests/{id}/deliveries/redeliver", """{"type": 7}""", Parameter: "type"),
        new("a list of endpoints from nowhere", 400, "invalid_parameters", "GET", "/v2/webhooks/endpoints?cursor=x", Parameter: "cursor"),

        new("no key", 401, "unauthorized", "POST", "/v2/kling-2.6", Prompt, Key: null, Error: "Missing Authorization or x-api-key in header"),
        new("a wrong key", 401, "unauthorized", "POST", "/v2/kling-2.6", Prompt, Key: "a-key-that-nobody-has"),
        new("a wrong key, v1", 401, "unauthorized", "POST", "/v1/kling-2.6", Prompt, Key: "a-key-that-nobody-has"),
        new("no key for a stream", 401, "unauthorized", "GET", Unknown + "/events", Key: null),

        new("the account may not use the model, v1", 403, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(403), IsAboutRequest: true),

        new("no such path", 404, "not_found", "GET", "/v3/anything"),
        new("no such model", 404, "model_not_found", "POST", "/v2/kling-9", Prompt),
        new("no such model, v1", 404, "model_not_found", "POST", "/v1/kling-9", Prompt),
        new("no such request", 404, "not_found", "GET", Unknown, Error: "Request 9f4b9c3e-1234-8abc-9def-0123456789ab not found"),
        new("no such request, v1", 404, "not_found", "GET", Unknown.Replace("v2", "v1", StringComparison.Ordinal)),
        new("no such request to wait for", 404, "not_found", "GET", Unknown + "/status?wait=60"),
        new("no such request to stream", 404, "not_found", "GET", Unknown + "/events"),
        new("no such request to cancel", 404, "not_found", "POST", Unknown + "/cancel"),
        new("no such request's deliveries", 404, "not_found", "GET", Unknown + "/deliveries"),
        new("no such request's delivery to repeat", 404, "not_found", "POST", Unknown + "/deliveries/redeliver"),
        new("no such batch's deliveries", 404, "not_found", "GET", "/v2/batches/9f4b9c3e-1234-8abc-bff0-123456789abc/deliveries"),
        new("no such batch's delivery to repeat", 404, "not_found", "POST", "/v2/batches/9f4b9c3e-1234-8abc-bff0-123456789abc/deliveries/redeliver"),
        new("no such video", 404, "not_found", "GET", Unknown + "/video"),
        new("a video that is gone", 404, "video_gone", "GET", "/v2/requests/{id}/video", State: Completed, IsAboutRequest: true),
        new("a video that is gone, v1", 404, "video_gone", "POST", "/v1/kling-2.6", Prompt, State: Completed, IsAboutRequest: true),
        new("refused by the provider with 404, v1", 404, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(404), IsAboutRequest: true),
        new("no such request to delete", 404, "not_found", "DELETE", Unknown),
        new("no such request to resubmit", 404, "not_found", "POST", Unknown + "/resubmit"),
        new("no such batch", 404, "not_found", "GET", "/v2/batches/9f4b9c3e-1234-8abc-9def-0123456789ab"),
        new("no such batch to cancel", 404, "not_found", "POST", "/v2/batches/9f4b9c3e-1234-8abc-9def-0123456789ab/cancel"),
        new("no such batch's requests", 404, "not_found", "GET", "/v2/batches/9f4b9c3e-1234-8abc-9def-0123456789ab/requests"),

        new("a wrong verb", 405, "method_not_allowed", "GET", "/v2/kling-2.6"),
        new("a wrong verb, v1", 405, "method_not_allowed", "PUT", "/v1/kling-2.6"),
        new("a wrong verb for a stream", 405, "method_not_allowed", "POST", "/v2/requests/{id}/events"),

        new("no content type", 406, "invalid_content_type", "POST", "/v2/kling-2.6", Prompt, ContentType: null, Error: "Invalid content type"),
        new("a wrong content type", 406, "invalid_content_type", "POST", "/v2/kling-2.6", Prompt, ContentType: "text/plain", Error: "Invalid content type"),
        new("a wrong content type to resume", 406, "invalid_content_type", "POST", "/v2/webhooks/endpoints/resume", "url", ContentType: "text/plain"),
        new("a wrong content type to redeliver", 406, "invalid_content_type", "POST", "/v2/requests/{id}/deliveries/redeliver", "type", ContentType: "text/plain"),
        new("a wrong content type, v1", 406, "invalid_content_type", "POST", "/v1/kling-2.6", Prompt, ContentType: "text/plain", Error: "Invalid content type"),
        new("too few credits, v1", 406, "insufficient_credits", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.InsufficientCredits), IsAboutRequest: true),
        new("more dollars than a key may spend", 406, "spend_limit", "POST", "/v2/kling-2.6", Prompt, Key: PerDay),
        new("more dollars than a key may spend, v1", 406, "spend_limit", "POST", "/v1/kling-2.6", Prompt, Key: PerDay),
        new("more dollars than a key may spend, in a batch", 406, "spend_limit", "POST", "/v2/batches", Batch, Key: PerDay),

        new("a video that is not there yet", 409, "not_ready", "GET", "/v2/requests/{id}/video", State: Rendering, IsAboutRequest: true, HasRetryAfter: true),
        new("no event to send again", 409, "no_delivery", "POST", "/v2/requests/{id}/deliveries/redeliver", State: Rendering, IsAboutRequest: true),
        new("what needs no resubmit", 409, "not_resubmittable", "POST", "/v2/requests/{id}/resubmit", State: Rendering, IsAboutRequest: true),
        new("what is deleted under way", 409, "not_final", "DELETE", "/v2/requests/{id}", State: Rendering, IsAboutRequest: true),
        new("the key of what was deleted", 409, "request_deleted", "POST", "/v2/kling-2.6", Gone, State: Failed(ErrorCodes.Canceled),
            Before: [("POST", "/v2/kling-2.6", Gone), ("DELETE", "/v2/requests/{id}", null)]),

        new("a model that was retired, v1", 410, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(410), IsAboutRequest: true),

        new("a body that is too large", 413, "body_too_large", "POST", "/v2/kling-2.6", new string(' ', 1024 * 1024 + 1)),
        new("a batch that is too large", 413, "body_too_large", "POST", "/v2/batches", new string(' ', 4 * 1024 * 1024 + 1)),
        new("refused by the provider with 413, v1", 413, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(413), IsAboutRequest: true),

        new("a failed render, its status", 422, "provider_failed", "GET", "/v2/requests/{id}/status", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render", 422, "provider_failed", "GET", "/v2/requests/{id}", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render at the older path", 422, "provider_failed", "GET", "/v1/requests/{id}", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render's video", 422, "provider_failed", "GET", "/v2/requests/{id}/video", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a retired model, v2", 422, "submit_refused", "GET", "/v2/requests/{id}", State: Refused(410), IsAboutRequest: true),
        new("a failed render, v1", 422, "content_blocked", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.ContentBlocked), IsAboutRequest: true),
        new("cancelled meanwhile, v1", 422, "canceled", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.Canceled), IsAboutRequest: true),
        new("refused by the provider with 422, v1", 422, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(422), IsAboutRequest: true),
        new("a key that was used for something else", 422, "idempotency_key_reused", "POST", "/v2/kling-2.6", OtherKeyed, Before: [("POST", "/v2/kling-2.6", Keyed)]),

        new("more requests than a key may send in a minute", 429, "rate_limit", "POST", "/v2/kling-2.6", Prompt, Key: PerMinute, HasRetryAfter: true,
            Before: [("POST", "/v2/kling-2.6", Prompt)]),
        new("more requests than a key may have in flight", 429, "in_flight_limit", "POST", "/v2/kling-2.6", Prompt, Key: InFlight, HasRetryAfter: true,
            Before: [("POST", "/v2/kling-2.6", Prompt)]),
        new("more requests than a key may have in flight, v1", 429, "in_flight_limit", "POST", "/v1/kling-2.6", Prompt, Key: InFlight, HasRetryAfter: true,
            Before: [("POST", "/v2/kling-2.6", Prompt)]),

        new("a defect, v1", 500, "internal", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.Internal), IsAboutRequest: true),
        new("the provider refuses Reel's own key, v1", 502, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(401), IsAboutRequest: true),

        new("no engine for a submit", 503, "unavailable", "POST", "/v2/kling-2.6", Prompt, IsEngineDown: true),
        new("no engine for a submit, v1", 503, "unavailable", "POST", "/v1/kling-2.6", Prompt, IsEngineDown: true),
        new("no engine for a status", 503, "unavailable", "GET", Unknown + "/status", IsEngineDown: true, HasRetryAfter: true),
        new("no engine for a stream", 503, "unavailable", "GET", Unknown + "/events", IsEngineDown: true, HasRetryAfter: true),
        new("no engine for a cancel", 503, "unavailable", "POST", Unknown + "/cancel", IsEngineDown: true),
        new("no engine for a batch", 503, "unavailable", "POST", "/v2/batches", Batch, IsEngineDown: true),
        new("no storage for a key", 503, "storage_unavailable", "POST", "/v2/kling-2.6", Keyed, IsStorageDown: true, HasRetryAfter: true),

        new("not done in time, v1", 504, "still_under_way", "POST", "/v1/kling-2.6", Prompt, State: Rendering, IsAboutRequest: true),
        new("never done, v1", 504, "timed_out", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.TimedOut), IsAboutRequest: true),
        new("nobody knows, v1", 504, "submit_outcome_unknown", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.SubmitOutcomeUnknown), IsAboutRequest: true),
    ];

    /// <summary>What the host of <see cref="IErrorWorld.Http"/> is to have set, beside a storage and the key "desk".</summary>
    public static (string Name, string Value)[] Settings { get; } =
    [
        ("Api:SyncWait", "00:00:01"), ("Api:StreamLimit", "00:00:01"),
        ("Api:Keys:minute", PerMinute), ("Api:Limits:minute:RequestsPerMinute", "1"),
        ("Api:Keys:flight", InFlight), ("Api:Limits:flight:InFlight", "1"),
        ("Api:Keys:dollar", PerDay), ("Api:Limits:dollar:UsdPerDay", "0.01"),
    ];

    /// <summary>Each status with its code.</summary>
    public static IEnumerable<(int Status, string Code)> Codes => All.Select(row => (row.Status, row.Code)).Distinct();

    public static TheoryData<string> Names => [.. All.Select(row => $"{row.Status} {row.Name}")];

    /// <summary>Sends a row's request and looks at all that every error must have.</summary>
    public static async Task<RowAnswer> AssertAsync(string name, IErrorWorld world)
    {
        var row = All.Single(one => $"{one.Status} {one.Name}" == name);
        world.StateOfNew = row.State;
        var id = await PrepareAsync(row, world);
        world.IsEngineDown = row.IsEngineDown;
        try
        {
            using var request = Request(row, id);
            using var answer = await (row.IsStorageDown ? world.HttpWithoutStorage : world.Http).SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();

            Assert.True(row.Status == (int)answer.StatusCode, $"{(int)answer.StatusCode} {text}");
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            AssertBody(row, JsonNode.Parse(text)!.AsObject());
            AssertHeaders(row, answer, id ?? (string?)JsonNode.Parse(text)!["request_id"]);
            return new RowAnswer(row.Verb, row.Path, row.Status, text);
        }
        finally
        {
            world.IsEngineDown = false;
        }
    }

    private static void AssertBody(Row row, JsonObject body)
    {
        Assert.Equal(row.Code, (string?)body["error_code"]);
        Assert.NotEmpty((string)body["error"]!);
        if (row.Error is not null) Assert.Equal(row.Error, (string?)body["error"]);
        if (row.Parameter is not null) Assert.NotEmpty((string)body["errors"]![row.Parameter]!);
        Assert.Equal(row.IsAboutRequest, body["request_id"] is not null);
        if (row.Code == "still_under_way")
        {
            Assert.EndsWith($"/v2/requests/{body["request_id"]}/status", (string?)body["status_url"], StringComparison.Ordinal);
            Assert.EndsWith($"/v2/requests/{body["request_id"]}", (string?)body["response_url"], StringComparison.Ordinal);
        }
    }

    private static void AssertHeaders(Row row, HttpResponseMessage answer, string? id)
    {
        var named = Assert.Single(answer.Headers.GetValues("x-request-id"));
        if (row.IsAboutRequest) Assert.Equal(id, named);
        else Assert.Matches("^[0-9a-f]{32}$", named);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Contains("total;dur=", Assert.Single(answer.Headers.GetValues("Server-Timing")), StringComparison.Ordinal);
        Assert.Equal(row.HasRetryAfter, answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        if (row.Status == 405) Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    private static HttpRequestMessage Request(Row row, string? id)
    {
        var request = new HttpRequestMessage(new HttpMethod(row.Verb), row.Path.Replace("{id}", id, StringComparison.Ordinal));
        if (row.Key is not null) request.Headers.Add("x-api-key", row.Key);
        if (row.Body is null) return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(row.Body));
        request.Content.Headers.ContentType = row.ContentType is null ? null : new MediaTypeHeaderValue(row.ContentType);
        return request;
    }

    /// <summary>Sends what comes first; the id of the request that it starts.</summary>
    private static async Task<string?> PrepareAsync(Row row, IErrorWorld world)
    {
        string? id = null;
        var before = row.Before ?? (row.Path.Contains("{id}", StringComparison.Ordinal) ? [("POST", "/v2/kling-2.6", Prompt)] : []);
        foreach (var (verb, path, body) in before)
        {
            using var request = Request(row with { Verb = verb, Path = path, Body = body, ContentType = "application/json" }, id);
            using var answer = await world.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            id ??= text.Length == 0 ? null : (string?)JsonNode.Parse(text)!["request_id"];
        }

        return id;
    }

    private static GenerationState Failed(string code) =>
        new(GenerationStatus.Failed, Stage.Done, FinishedAt: DateTimeOffset.UnixEpoch, Error: "because", ErrorCode: code, Charged: Charged.No);

    private static GenerationState Refused(int status) => Failed(ErrorCodes.SubmitRefused) with { ProviderStatus = status };
}

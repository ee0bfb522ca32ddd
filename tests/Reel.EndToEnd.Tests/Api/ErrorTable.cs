using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Reel.Generations;

namespace Reel.ErrorTable;

/// <summary>What an API is tested on, whichever host it runs in.</summary>
internal interface IErrorWorld
{
    /// <summary>Over a real socket.</summary>
    HttpClient Http { get; }

    /// <summary>The state that requests are in as soon as they are started; null for that of one just accepted.</summary>
    GenerationState? StateOfNew { set; }

    /// <summary>The durable engine does not answer.</summary>
    bool IsEngineDown { set; }
}

/// <summary>A row: what is sent, and what must be answered. The path's <c>{id}</c> is a request in <paramref name="State"/>.</summary>
/// <param name="State">Of the request that the path names, or that the row starts.</param>
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
    bool IsAboutRequest = false,
    bool HasRetryAfter = false,
    string? Error = null,
    string? Parameter = null);

/// <summary>What a row was answered with.</summary>
internal sealed record RowAnswer(string Verb, string Path, int Status, string Body);

/// <summary>The error table, the same for both hosts. The host's Api__SyncWait is to be short.</summary>
internal static class Rows
{
    public const string Key = "desk-key-of-sixteen-characters";

    private const string Prompt = """{"prompt": "a lighthouse"}""";
    private const string Unknown = "/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab";

    private static readonly GenerationState Rendering = new(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: DateTimeOffset.UnixEpoch);

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

        new("a wrong verb", 405, "method_not_allowed", "GET", "/v2/kling-2.6"),
        new("a wrong verb, v1", 405, "method_not_allowed", "PUT", "/v1/kling-2.6"),
        new("a wrong verb for a stream", 405, "method_not_allowed", "POST", "/v2/requests/{id}/events"),

        new("no content type", 406, "invalid_content_type", "POST", "/v2/kling-2.6", Prompt, ContentType: null, Error: "Invalid content type"),
        new("a wrong content type", 406, "invalid_content_type", "POST", "/v2/kling-2.6", Prompt, ContentType: "text/plain", Error: "Invalid content type"),
        new("a wrong content type to resume", 406, "invalid_content_type", "POST", "/v2/webhooks/endpoints/resume", "url", ContentType: "text/plain"),
        new("a wrong content type to redeliver", 406, "invalid_content_type", "POST", "/v2/requests/{id}/deliveries/redeliver", "type", ContentType: "text/plain"),
        new("a wrong content type, v1", 406, "invalid_content_type", "POST", "/v1/kling-2.6", Prompt, ContentType: "text/plain", Error: "Invalid content type"),
        new("too few credits, v1", 406, "insufficient_credits", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.InsufficientCredits), IsAboutRequest: true),

        new("a video that is not there yet", 409, "not_ready", "GET", "/v2/requests/{id}/video", State: Rendering, IsAboutRequest: true, HasRetryAfter: true),
        new("no event to send again", 409, "no_delivery", "POST", "/v2/requests/{id}/deliveries/redeliver", State: Rendering, IsAboutRequest: true),
        new("what needs no resubmit", 409, "not_resubmittable", "POST", "/v2/requests/{id}/resubmit", State: Rendering, IsAboutRequest: true),

        new("a model that was retired, v1", 410, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(410), IsAboutRequest: true),

        new("a body that is too large", 413, "body_too_large", "POST", "/v2/kling-2.6", new string(' ', 1024 * 1024 + 1)),

        new("a failed render, its status", 422, "provider_failed", "GET", "/v2/requests/{id}/status", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render", 422, "provider_failed", "GET", "/v2/requests/{id}", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render at the older path", 422, "provider_failed", "GET", "/v1/requests/{id}", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a failed render's video", 422, "provider_failed", "GET", "/v2/requests/{id}/video", State: Failed(ErrorCodes.ProviderFailed), IsAboutRequest: true),
        new("a retired model, v2", 422, "submit_refused", "GET", "/v2/requests/{id}", State: Refused(410), IsAboutRequest: true),
        new("a failed render, v1", 422, "content_blocked", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.ContentBlocked), IsAboutRequest: true),
        new("cancelled meanwhile, v1", 422, "canceled", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.Canceled), IsAboutRequest: true),

        new("a defect, v1", 500, "internal", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.Internal), IsAboutRequest: true),
        new("the provider refuses Reel's own key, v1", 502, "submit_refused", "POST", "/v1/kling-2.6", Prompt, State: Refused(401), IsAboutRequest: true),

        new("no engine for a submit", 503, "unavailable", "POST", "/v2/kling-2.6", Prompt, IsEngineDown: true),
        new("no engine for a submit, v1", 503, "unavailable", "POST", "/v1/kling-2.6", Prompt, IsEngineDown: true),
        new("no engine for a status", 503, "unavailable", "GET", Unknown + "/status", IsEngineDown: true, HasRetryAfter: true),
        new("no engine for a stream", 503, "unavailable", "GET", Unknown + "/events", IsEngineDown: true, HasRetryAfter: true),

        new("not done in time, v1", 504, "still_under_way", "POST", "/v1/kling-2.6", Prompt, State: Rendering, IsAboutRequest: true),
        new("never done, v1", 504, "timed_out", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.TimedOut), IsAboutRequest: true),
        new("nobody knows, v1", 504, "submit_outcome_unknown", "POST", "/v1/kling-2.6", Prompt, State: Failed(ErrorCodes.SubmitOutcomeUnknown), IsAboutRequest: true),
    ];

    public static TheoryData<string> Names => [.. All.Select(row => $"{row.Status} {row.Name}")];

    /// <summary>Sends a row's request and looks at all that every error must have.</summary>
    public static async Task<RowAnswer> AssertAsync(string name, IErrorWorld world)
    {
        var row = All.Single(one => $"{one.Status} {one.Name}" == name);
        world.StateOfNew = row.State;
        var id = row.Path.Contains("{id}", StringComparison.Ordinal) ? await SubmitAsync(world) : null;
        world.IsEngineDown = row.IsEngineDown;
        try
        {
            using var request = Request(row, id);
            using var answer = await world.Http.SendAsync(request);
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

    private static async Task<string> SubmitAsync(IErrorWorld world)
    {
        using var request = Request(new Row("", 200, "", "POST", "/v2/kling-2.6", Prompt), null);
        using var answer = await world.Http.SendAsync(request);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["request_id"]!;
    }

    private static GenerationState Failed(string code) =>
        new(GenerationStatus.Failed, Stage.Done, FinishedAt: DateTimeOffset.UnixEpoch, Error: "because", ErrorCode: code, Charged: Charged.No);

    private static GenerationState Refused(int status) => Failed(ErrorCodes.SubmitRefused) with { ProviderStatus = status };
}

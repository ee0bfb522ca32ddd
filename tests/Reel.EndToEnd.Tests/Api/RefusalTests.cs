using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What is wrong about a request is said, with the status that the provider's clients know.</summary>
[Collection(ApiTests.Name)]
public sealed class RefusalTests(ApiDesk desk)
{
    private const int Limit = 1024 * 1024;

    [Theory]
    [InlineData("00000000-0000-8000-8000-000000000000")]
    [InlineData("not-an-id")]
    [InlineData("..%2F..%2Fhealthz")]
    [InlineData("018F4D2A-0000-8000-8000-00000000000A")]
    public async Task An_unknown_id_answers_404_on_every_path(string id)
    {
        foreach (var path in (string[])["", "/status", "/video"])
        {
            var answer = await desk.Caller.GetAsync($"/v2/requests/{id}{path}");
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer["error_code"]));
            Assert.Contains("not found", answer["error"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_body_answers_400_and_names_every_fault()
    {
        var answer = await desk.Caller.PostAsync("/v2/kling-2.6", new JsonObject
        {
            ["promt"] = "a typo",
            ["duration"] = 7,
            ["cfg_scale"] = 2,
            ["aspect_ratio"] = "4:3",
            ["generate_audio"] = "yes",
            ["webhook_url"] = "ftp://example.com",
            ["webhook_events"] = new JsonArray("video.queued", "video.complete"),
            ["metadata"] = "text",
            ["idempotency_key"] = 5,
        });

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.Status, answer["error_code"]));
        var errors = answer.Body!["errors"]!.AsObject();
        Assert.Equal(
            ["aspect_ratio", "cfg_scale", "duration", "generate_audio", "idempotency_key", "metadata", "prompt", "promt", "webhook_events", "webhook_url"],
            errors.Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.Contains("did you mean \"prompt\"", (string?)errors["promt"], StringComparison.Ordinal);
        foreach (var (name, _) in errors) Assert.Contains(name, answer["error"], StringComparison.Ordinal);
        Assert.DoesNotContain(await desk.Bench.Provider.SubmitsAsync(), submit => submit["parameters"]?["promt"] is not null);
    }

    [Fact]
    public async Task An_unknown_model_answers_404_with_a_suggestion()
    {
        var submit = await desk.Caller.PostAsync("/v2/kling-2.5", desk.Bench.Body("a model"));
        var get = await desk.Caller.GetAsync("/v2/models/kling-26");

        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (submit.Status, submit["error_code"]));
        Assert.Contains("kling-2.6", submit["error"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, get.Status);
        Assert.Contains("kling-2.6", get["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_content_type_that_is_not_JSON_answers_406(string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6") { Content = new StringContent("""{"prompt": "a type"}""") };
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);

        var answer = await desk.Caller.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotAcceptable, "Invalid content type"), (answer.Status, answer["error"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_a_mebibyte_answers_413_and_one_of_just_that_does_not(bool chunked)
    {
        var over = await PostAsync(Limit + 1, chunked);
        var just = await PostAsync(Limit, chunked);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (over.Status, over["error_code"]));
        Assert.Equal(HttpStatusCode.BadRequest, just.Status); // The prompt is too long, which only who reads it can say.
        Assert.NotNull(just.Body!["errors"]!["prompt"]);
    }

    [Theory]
    [InlineData("GET", "/v2/kling-2.6", "POST")]
    [InlineData("POST", "/v2/models/kling-2.6", "GET, HEAD")]
    [InlineData("PUT", "/v2/requests/00000000-0000-8000-8000-000000000000", "DELETE, GET, HEAD")]
    [InlineData("PUT", "/v2/requests/00000000-0000-8000-8000-000000000000/status", "GET, HEAD")]
    [InlineData("GET", "/v2/requests/00000000-0000-8000-8000-000000000000/resubmit", "POST")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    public async Task A_wrong_verb_answers_405_with_what_is_allowed(string verb, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);

        var answer = await desk.Caller.SendAsync(request);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, "method_not_allowed"), (answer.Status, answer["error_code"]));
        Assert.Equal(allowed, string.Join(", ", answer.ContentHeaders.Allow.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("/page/1/none.js")]
    [InlineData("/v2")]
    [InlineData("/v1")]
    [InlineData("/v2/requests/a/b/c")]
    [InlineData("/index.html")]
    public async Task An_unknown_path_answers_404_in_JSON(string path)
    {
        var answer = await desk.Caller.GetAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer["error_code"]));
        Assert.Equal("application/json", answer.ContentHeaders.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("reel.example.com")]
    [InlineData("127.0.0.1.example.com")]
    [InlineData("10.0.0.1")]
    public async Task A_host_that_is_not_this_machine_answers_401(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6")
        {
            Content = new StringContent("""{"prompt": "a rebound name"}""", Encoding.UTF8, "application/json"),
            Headers = { Host = host },
        };

        var answer = await desk.Caller.SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (answer.Status, answer["error_code"]));
        Assert.Empty(await desk.Bench.Provider.SubmitsAsync("a rebound name"));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("X-Real-IP", "203.0.113.9")]
    public async Task A_proxy_on_this_machine_that_calls_for_somebody_else_answers_401(string header, string value)
    {
        var answer = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("through a proxy"), (header, value));

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (answer.Status, answer["error_code"]));
        Assert.Empty(await desk.Bench.Provider.SubmitsAsync("through a proxy"));
    }

    [Fact]
    public async Task Localhost_is_this_machine_too_and_shows_in_the_urls()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6")
        {
            Content = new StringContent("""{"prompt": "a name"}""", Encoding.UTF8, "application/json"),
            Headers = { Host = $"localhost:{desk.Reel.Url.Port}" },
        };

        var answer = await desk.Caller.SendAsync(request);

        Assert.StartsWith($"http://localhost:{desk.Reel.Url.Port}/v2/requests/", answer["status_url"], StringComparison.Ordinal);
    }

    private async Task<Answer> PostAsync(int bytes, bool chunked)
    {
        const string Start = """{"prompt": " """;
        var body = Encoding.ASCII.GetBytes(Start + new string('x', bytes - Start.Length - 2) + "\"}");
        Assert.Equal(bytes, body.Length);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        return await desk.Caller.SendAsync(request);
    }
}

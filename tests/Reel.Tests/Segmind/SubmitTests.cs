using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>The rows of <see cref="SubmitRule"/>'s table in which an answer came, over real sockets.</summary>
public sealed class SubmitTests
{
    [Fact]
    public async Task An_accepted_submit_brings_the_id_and_was_sent_as_the_provider_wants_it()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, SubmitRun.Accepted));
        using var client = Clients.Create(server.Url + "/v1/");

        var outcome = await client.SubmitAsync("kling-2.6", SubmitRun.Body, default);

        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), outcome);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v2/kling-2.6", "HTTP/1.1"), (request.Method, request.Path, request.Version));
        Assert.Equal(SubmitRun.Body, request.Body);
        Assert.Equal(
            ["Accept", "Connection", "Content-Length", "Content-Type", "Host", "User-Agent", "x-api-key"],
            request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal(Clients.Key, request.Headers["x-api-key"]);
    }

    [Theory]
    [InlineData(400, """{"error":"prompt is missing"}""", RefusalReason.InvalidRequest)]
    [InlineData(401, """{"error":"Missing Authorization or x-api-key in header"}""", RefusalReason.Unauthorized)]
    [InlineData(403, """{"error":"no"}""", RefusalReason.Forbidden)]
    [InlineData(404, """{"error":"no such model"}""", RefusalReason.ModelNotFound)]
    [InlineData(405, "<html><body>Method Not Allowed</body></html>", RefusalReason.MethodNotAllowed)]
    [InlineData(406, """{"error":"Insufficient credits: balance 0.2, need 0.5"}""", RefusalReason.InsufficientCredits)]
    [InlineData(406, """{"error":"Insufficient credits, raise your limit"}""", RefusalReason.InsufficientCredits)]
    [InlineData(406, """{"error":"Invalid content type"}""", RefusalReason.InvalidContentType)]
    [InlineData(406, """{"error":"Spend limit of 10 credits reached"}""", RefusalReason.SpendLimit)]
    [InlineData(406, """{"error":"Daily limit reached"}""", RefusalReason.SpendLimit)]
    [InlineData(406, "", RefusalReason.InsufficientCredits)]
    [InlineData(410, """{"error":"retired"}""", RefusalReason.Gone)]
    [InlineData(409, """{"error":"?"}""", RefusalReason.Other)]
    [InlineData(413, "too large", RefusalReason.Other)]
    [InlineData(422, """{"error":"?"}""", RefusalReason.Other)]
    public async Task A_4xx_is_a_refusal_with_its_reason(int status, string body, RefusalReason reason)
    {
        var refused = Assert.IsType<SubmitAnswer.Refused>(await SubmitRun.OutcomeOf(exchange => exchange.AnswerAsync(status, body)));

        Assert.Equal((status, reason), (refused.StatusCode, refused.Reason));
        Assert.NotEmpty(refused.Error);
        Assert.DoesNotContain('<', refused.Error);
    }

    [Theory]
    [InlineData("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z")]
    [InlineData("2026-11-20T12:00:00.5", "2026-11-20T12:00:00.5Z")]
    [InlineData("2026-11-20 14:00:00+02:00", "2026-11-20T12:00:00Z")]
    [InlineData("Fri, 20 Nov 2026 12:00:00 GMT", "2026-11-20T12:00:00Z")]
    [InlineData("1795176000", "2026-11-20T12:00:00Z")]
    [InlineData("1795176000.25", "2026-11-20T12:00:00.25Z")]
    [InlineData("99999999999999999999", null)]
    [InlineData("-5", null)]
    [InlineData("-1", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("-Infinity", null)]
    [InlineData("1e999", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task A_429_says_until_when_if_that_can_be_read(string? header, string? expected)
    {
        var outcome = await SubmitRun.OutcomeOf(exchange =>
            exchange.AnswerAsync(429, """{"error":"slow down"}""", header is null ? "" : $"x-rate-limit-reset-at-utc: {header}\r\n"));

        Assert.Equal(new SubmitAnswer.RateLimited(expected is null ? null : DateTimeOffset.Parse(expected, null), "slow down"), outcome);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(521)]
    public async Task A_5xx_is_the_provider_unavailable_and_is_not_repeated(int status) =>
        Assert.Equal(
            new SubmitAnswer.Unavailable(status, "broken"),
            await SubmitRun.OutcomeOf(exchange => exchange.AnswerAsync(status, """{"error":"broken"}""")));

    [Theory]
    [InlineData(408)]
    [InlineData(504)]
    [InlineData(520)]
    [InlineData(524)]
    [InlineData(598)]
    [InlineData(599)]
    [InlineData(300)]
    [InlineData(304)]
    public async Task Somebody_else_giving_up_waiting_is_unknown(int status) =>
        await SubmitRun.AssertUnknown(exchange => exchange.AnswerAsync(status, status == 304 ? "" : """{"error":"timeout"}"""));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_unknown_and_not_followed(int status)
    {
        await using var elsewhere = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, SubmitRun.Accepted));

        await SubmitRun.AssertUnknown(exchange => exchange.AnswerAsync(status, "", $"Location: {elsewhere.Url}/v2/kling-2.6\r\n"));

        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"request_id": null}""")]
    [InlineData("""{"request_id": ""}""")]
    [InlineData("""{"request_id": 17}""")]
    [InlineData("""{"request_id": "../../v1/requests"}""")]
    [InlineData("""{"request_id": "a b"}""")]
    [InlineData("""{"request_id": "\ud800"}""")]
    [InlineData("""{"\ud800": 1, "request_id": """)]
    [InlineData("""{"request_id": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x"}""")]
    [InlineData("<html>Welcome to the hotel's network</html>")]
    public async Task A_200_without_a_usable_id_is_unknown(string body) => await SubmitRun.AssertUnknown(exchange => exchange.AnswerAsync(200, body));

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    public async Task Any_2xx_with_an_id_is_accepted(int status) =>
        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), await SubmitRun.OutcomeOf(exchange => exchange.AnswerAsync(status, SubmitRun.Accepted)));

    [Fact]
    public async Task Error_texts_are_clean_short_and_without_the_key()
    {
        var error = $"The key {Clients.Key}\\u0000\\r\\nis \\ud83d\\ude00 {new string('x', 5000)}";

        var refused = Assert.IsType<SubmitAnswer.Refused>(
            await SubmitRun.OutcomeOf(exchange => exchange.AnswerAsync(401, $$"""{"error": "{{error}}"}""")));

        Assert.StartsWith("The key [key]  is 😀 xxx", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ProviderText.Longest, refused.Error.Length);
    }

    [Theory]
    [InlineData("""{"detail": "no"}""", "no")]
    [InlineData("""{"message": "no"}""", "no")]
    [InlineData("""{"error": {"message": "no", "code": 1}}""", "no")]
    [InlineData("""{"error": ["no"]}""", """["no"]""")]
    [InlineData("""{"error": ""}""", "{\"error\": \"\"}")]
    [InlineData("no", "no")]
    [InlineData("\n", "HTTP 400 without a reason")]
    public async Task Other_shapes_of_errors_are_read_too(string body, string error) =>
        Assert.Equal(
            new SubmitAnswer.Refused(400, RefusalReason.InvalidRequest, error),
            await SubmitRun.OutcomeOf(exchange => exchange.AnswerAsync(400, body)));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("requests/../x")]
    public async Task A_slug_that_is_none_never_becomes_a_path(string model)
    {
        using var client = Clients.Create("http://127.0.0.1:9");

        await Assert.ThrowsAsync<ArgumentException>(() => client.SubmitAsync(model, SubmitRun.Body, default));
    }

    [Fact]
    public async Task Logs_name_the_model_and_the_id_and_never_the_key_or_the_prompt()
    {
        var notebook = new Notebook();
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(200, SubmitRun.Accepted),
            exchange => exchange.AnswerAsync(401, $$"""{"error":"Bad key {{Clients.Key}}"}"""),
            exchange => exchange.AnswerAsync(504, $$"""{"error":"{{Clients.Key}}"}"""));
        using var client = Clients.Create(server.Url, logger: notebook);

        for (var i = 0; i < 3; i++)
            await client.SubmitAsync("kling-2.6", SubmitRun.Body, default);

        Assert.Equal(3, notebook.Lines.Count);
        Assert.Contains(notebook.Lines, line => line.Contains(Clients.Id, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.Contains("kling-2.6", line, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.DoesNotContain(Clients.Key, line, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.DoesNotContain("lighthouse", line, StringComparison.Ordinal));
    }
}

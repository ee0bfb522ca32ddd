using System.Text.Json.Nodes;
using Reel.Client;

namespace Reel.Cli.Tests.Client;

/// <summary>What the client repeats, and what it never does.</summary>
public sealed class RetryTests
{
    private const string Id = "fe5e0481-fc94-85f9-85bd-115649ebc1d8";
    private const string Accepted = $$"""{"status": "QUEUED", "request_id": "{{Id}}", "later": 1}""";

    [Fact]
    public async Task A_submit_goes_out_again_with_the_same_key_of_its_own()
    {
        var server = new FakeServer(FakeServer.Refuse, FakeServer.Json(503, """{"error": "e", "error_code": "unavailable"}"""), FakeServer.Json(200, Accepted));
        using var client = server.Connect();

        var request = await client.Requests.SubmitAsync("kling-2.6", new JsonObject { ["prompt"] = "x" }, new SubmitOptions("https://h.test/", new JsonObject { ["a"] = "b" }));

        Assert.Equal(Id, request.RequestId);
        Assert.Equal(1, request.Json.GetProperty("later").GetInt32());
        Assert.Equal(3, server.Calls.Count);
        Assert.Single(server.Calls.Select(call => (call.Path, call.Headers["Idempotency-Key"], call.Headers["x-api-key"], call.Body)).Distinct());
        Assert.Equal(("/base/v2/kling-2.6", """{"prompt":"x","webhook_url":"https://h.test/","metadata":{"a":"b"}}"""), (server.Calls[0].Path, server.Calls[0].Body));
    }

    [Fact]
    public async Task A_key_of_the_callers_is_sent_in_quotes()
    {
        var server = new FakeServer(FakeServer.Json(200, Accepted));
        using var client = server.Connect();

        await client.Requests.SubmitAsync("m", [], new SubmitOptions(IdempotencyKey: "a \"b\" \\"));

        Assert.Equal("\"a \\\"b\\\" \\\\\"", server.Calls[0].Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task A_delete_is_sent_once_only()
    {
        var server = new FakeServer(FakeServer.Refuse);
        using var client = server.Connect();

        var exception = await Assert.ThrowsAsync<ReelException>(() => client.Requests.DeleteAsync("r"));

        Assert.Equal((0, ReelException.Unreachable), (exception.Status, exception.Code));
        Assert.Single(server.Calls);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(500)]
    public async Task What_will_not_change_is_not_asked_again(int status)
    {
        var server = new FakeServer(FakeServer.Json(status, """{"error": "no", "error_code": "c", "errors": {"p": "is wrong"}, "request_id": "r"}"""));
        using var client = server.Connect();

        var exception = await Assert.ThrowsAsync<ReelException>(() => client.Requests.StatusAsync("r"));

        Assert.Equal((status, "no", "c", "r"), (exception.Status, exception.Message, exception.Code, exception.RequestId));
        Assert.Equal("is wrong", exception.Errors["p"]);
    }

    [Fact]
    public async Task Patience_ends_before_a_wait_that_is_longer_and_the_limit_is_told()
    {
        var server = new FakeServer(FakeServer.Json(
            429,
            """{"error": "e", "error_code": "in_flight_limit", "limit": {"name": "in_flight", "value": 5, "used": 5, "asked": 1, "free_at": "2026-11-01T00:00:00Z"}}""",
            ("Retry-After", "60")));
        using var client = server.Connect(patienceSeconds: 30);

        var exception = await Assert.ThrowsAsync<ReelException>(() => client.Requests.GetAsync("r"));

        Assert.Equal(TimeSpan.FromSeconds(60), exception.RetryAfter);
        Assert.Equal(("in_flight", 5m, 1m), (exception.Limit!.Name, exception.Limit.Value, exception.Limit.Asked));
    }

    [Fact]
    public async Task A_request_that_failed_is_an_answer_and_no_error()
    {
        var server = new FakeServer(FakeServer.Json(422, $$"""{"status": "FAILED", "request_id": "{{Id}}", "error": "no", "error_code": "timed_out", "charged": "unknown"}"""));
        using var client = server.Connect();

        var request = await client.Requests.GetAsync("r", TimeSpan.FromSeconds(7));

        Assert.True(request is { IsFailed: true, IsFinal: true, ErrorCode: "timed_out" });
        Assert.Equal("/base/v2/requests/r?wait=7", server.Calls[0].Path);
    }

    [Fact]
    public async Task What_is_not_Reel_is_told_as_such()
    {
        var server = new FakeServer(
            _ => new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StringContent("<html>") },
            FakeServer.Json(200, "[1]"),
            _ => new HttpResponseMessage(System.Net.HttpStatusCode.Found) { Headers = { Location = new Uri("https://elsewhere.test/") } });
        using var client = server.Connect();

        var exceptions = new List<ReelException>();
        for (var i = 0; i < 3; i++) exceptions.Add(await Assert.ThrowsAsync<ReelException>(() => client.Requests.GetAsync("r")));

        Assert.All(exceptions, exception => Assert.Equal(ReelException.NotReel, exception.Code));
        Assert.Contains("https://elsewhere.test/", exceptions[2].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../.bashrc")]
    [InlineData("/etc/cron.d/x")]
    [InlineData("r")]
    [InlineData("")]
    public async Task An_id_that_is_none_is_not_taken_from_a_server(string id)
    {
        var server = new FakeServer(FakeServer.Json(200, $$"""{"status": "COMPLETED", "request_id": "{{id}}"}"""));
        using var client = server.Connect();

        var exception = await Assert.ThrowsAsync<ReelException>(() => client.Requests.GetAsync(Id));

        Assert.Equal(ReelException.NotReel, exception.Code);
    }

    [Fact]
    public async Task Keys_that_cannot_be_sent_are_refused_before_anybody_is_asked()
    {
        var server = new FakeServer();
        using var client = server.Connect();

        Assert.Throws<ArgumentException>(() => new ReelClientOptions(new Uri("https://reel.test"), "schlüssel"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Requests.SubmitAsync("m", [], new SubmitOptions(IdempotencyKey: "schlüssel")));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Batches.SubmitAsync(["{}"], new BatchOptions(IdempotencyKey: "a\r\nb")));

        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Names_stay_one_segment_of_a_path()
    {
        var server = new FakeServer(FakeServer.Json(404, """{"error": "e", "error_code": "not_found"}"""));
        using var client = server.Connect();

        await Assert.ThrowsAsync<ReelException>(() => client.Requests.GetAsync("a/../b?c"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Requests.GetAsync(".."));

        Assert.Equal("/base/v2/requests/a%2F..%2Fb%3Fc", Assert.Single(server.Calls).Path);
    }

    [Fact]
    public async Task Pages_are_fetched_as_they_are_asked_for()
    {
        var server = new FakeServer(
            FakeServer.Json(200, $$"""{"requests": [{"status": "QUEUED", "request_id": "{{Id}}", "model": "1"}, {"status": "QUEUED", "request_id": "{{Id}}", "model": "2"}], "next_cursor": "c/1"}"""),
            FakeServer.Json(200, $$"""{"requests": [{"status": "QUEUED", "request_id": "{{Id}}", "model": "3"}]}"""));
        using var client = server.Connect();
        var query = new RequestQuery("FAILED", Since: new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), PageSize: 2);

        Assert.Equal(["1", "2"], await client.Requests.ListAsync(query).Take(2).Select(request => request.Model).ToListAsync());
        Assert.Single(server.Calls);
        Assert.Equal("/base/v2/requests?status=FAILED&since=2026-11-01T00%3A00%3A00Z&limit=2", server.Calls[0].Path);
    }
}

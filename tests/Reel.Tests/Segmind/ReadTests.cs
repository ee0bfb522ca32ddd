using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>What the provider's records are read as.</summary>
public sealed class ReadTests
{
    private const string Failed =
        """{"status": "FAILED", "error": "Out of luck", "metrics": {"inference_time": 0.007, "queue_time": 0.23, "total_time": 0.24}}""";

    [Theory]
    [InlineData("QUEUED", RenderState.Queued)]
    [InlineData("PROCESSING", RenderState.Processing)]
    [InlineData("processing", RenderState.Processing)]
    public async Task A_render_under_way_is_working(string status, RenderState state)
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(
            200, $$"""{"status": "{{status}}", "request_id": "{{Clients.Id}}", "status_url": "http://elsewhere.invalid/", "metrics": {} }"""));
        using var client = Clients.Create(server.Url);

        Assert.Equal(new StatusAnswer.Working(state), await client.GetStatusAsync(Clients.Id, default));
        Assert.Equal(new ResultAnswer.Working(state), await client.GetResultAsync(Clients.Id, default));

        Assert.Equal(
            [$"GET /v2/requests/{Clients.Id}/status", $"GET /v2/requests/{Clients.Id}"],
            server.Requests.Select(request => $"{request.Method} {request.Path}"));
        Assert.All(server.Requests, request => Assert.Equal(Clients.Key, request.Headers["x-api-key"]));
        Assert.Equal(1, server.Connections); // Reads share theirs.
    }

    [Fact]
    public async Task A_finished_render_brings_its_video_and_its_metrics()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Clients.Done));
        using var client = Clients.Create(server.Url);
        var metrics = new RenderMetrics(0.438m, 12.5m, 120.5, 1.25, 121.75);

        Assert.Equal(new StatusAnswer.Completed(metrics), await client.GetStatusAsync(Clients.Id, default));
        Assert.Equal(
            new ResultAnswer.Completed(new("https://cdn.example/second.mp4", "video/mp4", "second.mp4", 1234567), metrics),
            await client.GetResultAsync(Clients.Id, default));
    }

    [Theory]
    [InlineData("""{"status":"COMPLETED","output":"https://a.example/1.mp4"}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","output":["https://a.example/1.mp4","https://a.example/2.mp4"]}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","output":[{"url":"https://a.example/1.mp4"}]}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","output":{"url":"https://a.example/1.mp4"}}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","output":{"video":{"url":"https://a.example/1.mp4"}}}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","output":{"video":"https://a.example/1.mp4"}}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","video":"https://a.example/1.mp4","output":null}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","video":{"url":""},"output":"https://a.example/1.mp4"}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","video":{"url":"https://a.example/1.mp4","file_size":"big","content_type":7,"file_name":"\u0000"}}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED","video":{"\ud800":1,"url":"https://a.example/1.mp4"}}""", "https://a.example/1.mp4")]
    [InlineData("""{"status":"COMPLETED"}""", null)]
    [InlineData("""{"status":"COMPLETED","output":""}""", null)]
    [InlineData("""{"status":"COMPLETED","output":"file:///etc/passwd"}""", null)]
    [InlineData("""{"status":"COMPLETED","output":"/relative.mp4"}""", null)]
    [InlineData("""{"status":"COMPLETED","output":{"url":"\udc00"}}""", null)]
    [InlineData("""{"status":"COMPLETED","output":[[],{},7,null,true]}""", null)]
    public async Task The_videos_url_is_found_in_whatever_shape_it_comes(string body, string? url)
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, body));
        using var client = Clients.Create(server.Url);

        var answer = await client.GetResultAsync(Clients.Id, default);

        if (url is null)
            Assert.Contains("no video URL", Assert.IsType<ResultAnswer.Unreachable>(answer).Error, StringComparison.Ordinal);
        else
            Assert.Equal(new ResultAnswer.Completed(new(url, null, null, null), new()), answer);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("""{"cost": "0.5", "queue_time": "1.5"}""")]
    [InlineData("""{"cost": 0.5, "queue_time": 1.5, "inference_time": 1e999, "total_time": -3, "remaining_credits": true}""")]
    [InlineData("""{"cost": 0.5, "queue_time": 1.5, "total_time": [], "inference_time": null, "remaining_credits": "lots"}""")]
    [InlineData("""{"cost": 0.5, "queue_time": 1.5, "total_time": "\ud800", "inference_time": 1e400, "remaining_credits": 1e99}""")]
    public async Task Metrics_that_make_no_sense_are_left_out(string metrics)
    {
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(200, $$"""{"status": "COMPLETED", "metrics": {{metrics}}}"""));
        using var client = Clients.Create(server.Url);

        Assert.Equal(
            new StatusAnswer.Completed(new(Cost: 0.5m, QueueTime: 1.5)),
            await client.GetStatusAsync(Clients.Id, default));
    }

    [Theory]
    [InlineData("""{"cost": 1, "\ud800": 1}""")]
    [InlineData("[1]")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task Metrics_that_cannot_be_read_do_not_hide_that_the_render_is_done(string metrics)
    {
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(200, $$"""{"status": "COMPLETED", "metrics": {{metrics}}}"""));
        using var client = Clients.Create(server.Url);

        Assert.Equal(new StatusAnswer.Completed(new()), await client.GetStatusAsync(Clients.Id, default));
    }

    [Theory]
    [InlineData(422)]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_failed_render_is_failed_whatever_the_status_code(int status)
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(status, Failed));
        using var client = Clients.Create(server.Url);
        var metrics = new RenderMetrics(InferenceTime: 0.007, QueueTime: 0.23, TotalTime: 0.24);

        Assert.Equal(new StatusAnswer.Failed("Out of luck", metrics), await client.GetStatusAsync(Clients.Id, default));
        Assert.Equal(new ResultAnswer.Failed("Out of luck", metrics), await client.GetResultAsync(Clients.Id, default));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_422_that_names_no_status_is_failed_too()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(422, """{"error":"blocked"}"""));
        using var client = Clients.Create(server.Url);

        Assert.Equal(new StatusAnswer.Failed("blocked", new()), await client.GetStatusAsync(Clients.Id, default));
    }

    [Fact]
    public async Task An_unknown_id_is_not_found_but_a_404_from_elsewhere_says_nothing()
    {
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(404, """{"error":"Request x not found"}"""),
            exchange => exchange.AnswerAsync(404, "<html>nothing here</html>", contentType: "text/html"));
        using var client = Clients.Create(server.Url);

        Assert.IsType<StatusAnswer.NotFound>(await client.GetStatusAsync(Clients.Id, default));
        Assert.IsType<ResultAnswer.Unreachable>(await client.GetResultAsync(Clients.Id, default));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refused_key_is_said_at_once(int status)
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(status, """{"error":"bad key"}"""));
        using var client = Clients.Create(server.Url);

        Assert.Equal(new StatusAnswer.Refused(status, "bad key"), await client.GetStatusAsync(Clients.Id, default));
        Assert.Equal(new ResultAnswer.Refused(status, "bad key"), await client.GetResultAsync(Clients.Id, default));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a?b=c")]
    [InlineData("a%2Fb")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public async Task An_id_that_is_none_never_becomes_a_path(string id)
    {
        using var client = Clients.Create("http://127.0.0.1:9");

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetStatusAsync(id, default));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResultAsync(id, default));
    }
}

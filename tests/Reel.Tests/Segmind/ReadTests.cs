using System.Net;
using System.Net.Sockets;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

public sealed class ReadTests
{
    private const string Done = $$"""
        {"status": "COMPLETED", "request_id": "{{Clients.Id}}", "output": "https://cdn.example/first.mp4",
         "video": {"url": "https://cdn.example/second.mp4", "content_type": "video/mp4", "file_name": "second.mp4", "file_size": 1234567},
         "metrics": {"cost": 0.438, "remaining_credits": 12.5, "inference_time": 120.5, "queue_time": 1.25, "total_time": 121.75} }
        """;

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
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Done));
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

    private static readonly Dictionary<string, Func<Exchange, Task>> Troubles = new()
    {
        ["500"] = exchange => exchange.AnswerAsync(500, """{"error":"oops"}"""),
        ["502"] = exchange => exchange.AnswerAsync(502, "<html>bad gateway</html>"),
        ["504"] = exchange => exchange.AnswerAsync(504, ""),
        ["429"] = exchange => exchange.AnswerAsync(429, """{"error":"slow down"}"""),
        ["408"] = exchange => exchange.AnswerAsync(408, ""),
        ["not JSON"] = exchange => exchange.AnswerAsync(200, "<html>hello</html>"),
        ["no status"] = exchange => exchange.AnswerAsync(200, "{}"),
        ["half an answer"] = async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
            exchange.Close();
        },
        ["reset"] = exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        },
    };

    public static TheoryData<string> PassingTroubles => [.. Troubles.Keys];

    [Theory]
    [MemberData(nameof(PassingTroubles))]
    public async Task A_passing_trouble_is_retried(string trouble)
    {
        var script = Troubles[trouble];
        await using var server = LoopbackServer.Answering(script, script, script, exchange => exchange.AnswerAsync(200, Done));
        using var client = Clients.Create(server.Url);

        Assert.IsType<ResultAnswer.Completed>(await client.GetResultAsync(Clients.Id, default));

        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(PassingTroubles))]
    public async Task A_lasting_trouble_is_unreachable_after_three_retries(string trouble)
    {
        var script = Troubles[trouble];
        await using var server = LoopbackServer.Answering(script);
        using var client = Clients.Create(server.Url);

        Assert.NotEmpty(Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default)).Error);

        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(400, """{"error":"?"}""")]
    [InlineData(302, "")]
    [InlineData(410, """{"error":"?"}""")]
    [InlineData(200, """{"status":"DREAMING"}""")]
    public async Task What_would_not_pass_is_not_retried(int status, string body)
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(status, body, "Location: http://127.0.0.1:9/\r\n"));
        using var client = Clients.Create(server.Url);

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_over_long_answer_is_unreachable()
    {
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(200, """{"status":"QUEUED"}""" + new string(' ', ProviderAnswer.LongestBody)));
        using var client = Clients.Create(server.Url);

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));
    }

    [Fact]
    public async Task Nobody_there_is_unreachable()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = Clients.Create($"http://127.0.0.1:{port}");

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));
        Assert.IsType<ResultAnswer.Unreachable>(await client.GetResultAsync(Clients.Id, default));
    }

    [Fact]
    public async Task A_connection_not_made_in_time_is_unreachable()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.HangAsync());
        using var client = Clients.Create(
            $"https://127.0.0.1:{server.Port}", Clients.Quick with { Connect = TimeSpan.FromMilliseconds(50), ReadRetries = 1 });

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));
    }

    [Fact]
    public async Task Each_attempt_has_a_limit()
    {
        var clock = new ManualClock();
        var attempts = 0;
        await using var server = new LoopbackServer(exchange =>
        {
            if (Interlocked.Increment(ref attempts) == 3)
                return exchange.AnswerAsync(200, Done);

            clock.Forward(Clients.Quick.Read);
            return exchange.HangAsync();
        });
        using var client = Clients.Create(server.Url, time: clock);

        Assert.IsType<StatusAnswer.Completed>(await client.GetStatusAsync(Clients.Id, default));

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task All_attempts_together_have_a_limit()
    {
        var clock = new ManualClock();
        await using var server = new LoopbackServer(exchange =>
        {
            clock.Forward(Clients.Quick.Read);
            return exchange.HangAsync();
        });
        using var client = Clients.Create(server.Url, time: clock);

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));

        Assert.Equal(3, server.Requests.Count); // Of four: thirty seconds are over.
    }

    [Fact]
    public async Task The_breaker_spares_a_provider_that_is_down_and_tries_again_later()
    {
        var clock = new ManualClock();
        var notebook = new Notebook();
        var down = true;
        await using var server = new LoopbackServer(exchange =>
            Volatile.Read(ref down) ? exchange.AnswerAsync(503, "") : exchange.AnswerAsync(200, """{"status":"QUEUED"}"""));
        using var client = Clients.Create(server.Url, Clients.Quick with { BreakFrom = 10, ReadRetries = 1 }, clock, notebook);

        for (var i = 0; i < 5; i++)
            Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));
        Assert.Equal(10, server.Requests.Count);
        Assert.Contains(notebook.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));

        Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));
        Assert.IsType<ResultAnswer.Unreachable>(await client.GetResultAsync(Clients.Id, default));
        Assert.Equal(10, server.Requests.Count);

        Volatile.Write(ref down, false);
        clock.Forward(SegmindTimings.Default.Break + TimeSpan.FromSeconds(1));
        Assert.IsType<StatusAnswer.Working>(await client.GetStatusAsync(Clients.Id, default));
    }

    [Fact]
    public async Task An_open_breaker_does_not_hold_up_a_submit()
    {
        await using var server = new LoopbackServer(exchange => exchange.Request.Method == "GET"
            ? exchange.AnswerAsync(503, "")
            : exchange.AnswerAsync(200, $$"""{"request_id":"{{Clients.Id}}"}"""));
        using var client = Clients.Create(server.Url, Clients.Quick with { BreakFrom = 2, ReadRetries = 1 });

        await client.GetStatusAsync(Clients.Id, default);
        await client.GetStatusAsync(Clients.Id, default);

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), await client.SubmitAsync("kling-2.6", "{}", default));
    }

    [Fact]
    public async Task Rate_limits_do_not_open_the_breaker()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(429, ""));
        using var client = Clients.Create(server.Url, Clients.Quick with { BreakFrom = 2, ReadRetries = 1 });

        for (var i = 0; i < 5; i++)
            Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));

        Assert.Equal(10, server.Requests.Count);
    }

    [Fact]
    public async Task Cancelled_by_the_caller_throws()
    {
        var arrived = new TaskCompletionSource();
        await using var server = LoopbackServer.Answering(exchange =>
        {
            arrived.SetResult();
            return exchange.HangAsync();
        });
        using var client = Clients.Create(server.Url);
        using var cancel = new CancellationTokenSource();

        var read = client.GetStatusAsync(Clients.Id, cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Single(server.Requests);
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

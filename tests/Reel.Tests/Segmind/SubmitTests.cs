using System.Net;
using System.Net.Sockets;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>The table of <see cref="SubmitRule"/>, row by row, over real sockets. Each row also proves that one POST went out, or none.</summary>
public sealed class SubmitTests
{
    private const string Body = """{"prompt":"a lighthouse in the rain – 灯塔","duration":5}""";
    private const string Accepted = $$"""{"request_id": "{{Clients.Id}}", "status": "QUEUED", "status_url": "http://elsewhere.invalid/"}""";

    [Fact]
    public async Task An_accepted_submit_brings_the_id_and_was_sent_as_the_provider_wants_it()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Accepted));
        using var client = Clients.Create(server.Url + "/v1/");

        var outcome = await client.SubmitAsync("kling-2.6", Body, default);

        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), outcome);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v2/kling-2.6", "HTTP/1.1"), (request.Method, request.Path, request.Version));
        Assert.Equal(Body, request.Body);
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
        var refused = Assert.IsType<SubmitAnswer.Refused>(await OutcomeOf(exchange => exchange.AnswerAsync(status, body)));

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
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task A_429_says_until_when_if_that_can_be_read(string? header, string? expected)
    {
        var outcome = await OutcomeOf(exchange =>
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
            await OutcomeOf(exchange => exchange.AnswerAsync(status, """{"error":"broken"}""")));

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
        await AssertUnknown(exchange => exchange.AnswerAsync(status, status == 304 ? "" : """{"error":"timeout"}"""));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_unknown_and_not_followed(int status)
    {
        await using var elsewhere = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Accepted));

        await AssertUnknown(exchange => exchange.AnswerAsync(status, "", $"Location: {elsewhere.Url}/v2/kling-2.6\r\n"));

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
    public async Task A_200_without_a_usable_id_is_unknown(string body) => await AssertUnknown(exchange => exchange.AnswerAsync(200, body));

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    public async Task Any_2xx_with_an_id_is_accepted(int status) =>
        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), await OutcomeOf(exchange => exchange.AnswerAsync(status, Accepted)));

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(503)]
    public async Task An_answer_that_is_cut_off_is_unknown_whatever_its_status(int status) => await AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 {status} X\r\nContent-Length: 1000\r\n\r\n{Accepted}");
        exchange.Close();
    });

    [Fact]
    public async Task A_chunked_answer_that_is_cut_off_is_unknown() => await AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Accepted.Length:x}\r\n{Accepted}\r\n");
        exchange.Close();
    });

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 2")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    public async Task Half_a_head_or_no_http_at_all_is_unknown(string wire) => await AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync(wire);
        exchange.Close();
    });

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task An_over_long_answer_is_unknown(int status) =>
        await AssertUnknown(exchange => exchange.AnswerAsync(status, Accepted + new string(' ', ProviderAnswer.LongestBody)));

    [Fact]
    public async Task An_endless_answer_is_unknown() => await AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync("HTTP/1.1 200 OK\r\n\r\n");
        while (true)
            await exchange.WriteAsync(new string(' ', 8192));
    });

    [Fact]
    public async Task A_connection_reset_after_the_request_is_unknown() => await AssertUnknown(exchange =>
    {
        exchange.Reset();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_connection_closed_without_a_word_is_unknown() => await AssertUnknown(exchange =>
    {
        exchange.Close();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task No_answer_in_time_is_unknown()
    {
        var clock = new ManualClock();
        await AssertUnknown(
            exchange =>
            {
                clock.Forward(Clients.Quick.Submit);
                return exchange.HangAsync();
            },
            clock);

        // The time to answer begins anew when the body goes out, however long the connection took.
        Assert.Equal([Clients.Quick.Connect, Clients.Quick.Submit], clock.Delays);
    }

    [Fact]
    public async Task An_answer_that_does_not_end_in_time_is_unknown()
    {
        var clock = new ManualClock();
        await AssertUnknown(
            async exchange =>
            {
                await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
                clock.Forward(Clients.Quick.Submit);
                await exchange.HangAsync();
            },
            clock);
    }

    [Fact]
    public async Task An_answer_at_the_last_moment_is_an_answer()
    {
        var clock = new ManualClock();

        var outcome = await OutcomeOf(
            exchange =>
            {
                clock.Forward(Clients.Quick.Submit - TimeSpan.FromSeconds(1)); // Much longer than the whole time to connect.
                return exchange.AnswerAsync(200, Accepted);
            },
            clock);

        Assert.Equal(new SubmitAnswer.Accepted(Clients.Id), outcome);
    }

    [Fact]
    public async Task A_refused_connection_is_not_sent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = Clients.Create($"http://127.0.0.1:{port}");

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", Body, default));
    }

    [Fact]
    public async Task A_failed_tls_handshake_is_not_sent()
    {
        await using var server = new LoopbackServer(exchange => exchange.HangAsync(), greet: socket =>
        {
            socket.Send("HTTP/1.1 200 OK\r\n\r\n"u8);
            socket.Close();
        });
        using var client = Clients.Create($"https://127.0.0.1:{server.Port}");

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", Body, default));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_connection_reset_before_anything_was_read_is_not_tried_again()
    {
        await using var server = new LoopbackServer(exchange => exchange.HangAsync(), greet: socket =>
        {
            socket.LingerState = new(true, 0);
            socket.Close();
        });
        using var client = Clients.Create(server.Url);

        var outcome = await client.SubmitAsync("kling-2.6", Body, default);

        // Which of the two depends on when the reset arrives; both are true, and neither lets a paid submit be repeated.
        Assert.True(outcome is SubmitAnswer.OutcomeUnknown or SubmitAnswer.NotSent, outcome.ToString());
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_is_not_sent()
    {
        // A server that takes the connection and never says its part of the TLS handshake.
        await using var server = LoopbackServer.Answering(exchange => exchange.HangAsync());
        using var client = Clients.Create($"https://127.0.0.1:{server.Port}", Clients.Quick with { Connect = TimeSpan.FromMilliseconds(100) });

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", Body, default));
    }

    [Fact]
    public async Task Cancelled_by_the_caller_while_waiting_for_the_answer_throws()
    {
        var arrived = new TaskCompletionSource();
        await using var server = LoopbackServer.Answering(exchange =>
        {
            arrived.SetResult();
            return exchange.HangAsync();
        });
        using var client = Clients.Create(server.Url);
        using var cancel = new CancellationTokenSource();

        var submit = client.SubmitAsync("kling-2.6", Body, cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submit);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelled_before_it_began_sends_nothing()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Accepted));
        using var client = Clients.Create(server.Url);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SubmitAsync("kling-2.6", Body, new CancellationToken(canceled: true)));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Every_submit_has_a_connection_of_its_own()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, Accepted));
        using var client = Clients.Create(server.Url);

        for (var i = 0; i < 5; i++)
            Assert.IsType<SubmitAnswer.Accepted>(await client.SubmitAsync("kling-2.6", Body, default));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.SubmitAsync("kling-2.6", Body, default)));

        Assert.Equal(10, server.Requests.Count);
        Assert.Equal(10, server.Connections);
    }

    [Fact]
    public async Task The_bodys_bytes_are_given_once()
    {
        using var content = new SubmitContent(Body, () => { });
        Assert.False(content.Begun);

        await content.CopyToAsync(Stream.Null);

        Assert.True(content.Begun);
        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Error_texts_are_clean_short_and_without_the_key()
    {
        var error = $"The key {Clients.Key}\\u0000\\r\\nis \\ud83d\\ude00 {new string('x', 5000)}";

        var refused = Assert.IsType<SubmitAnswer.Refused>(
            await OutcomeOf(exchange => exchange.AnswerAsync(401, $$"""{"error": "{{error}}"}""")));

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
            await OutcomeOf(exchange => exchange.AnswerAsync(400, body)));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("requests/../x")]
    public async Task A_slug_that_is_none_never_becomes_a_path(string model)
    {
        using var client = Clients.Create("http://127.0.0.1:9");

        await Assert.ThrowsAsync<ArgumentException>(() => client.SubmitAsync(model, Body, default));
    }

    [Fact]
    public async Task Logs_name_the_model_and_the_id_and_never_the_key_or_the_prompt()
    {
        var notebook = new Notebook();
        await using var server = LoopbackServer.Answering(
            exchange => exchange.AnswerAsync(200, Accepted),
            exchange => exchange.AnswerAsync(401, $$"""{"error":"Bad key {{Clients.Key}}"}"""),
            exchange => exchange.AnswerAsync(504, $$"""{"error":"{{Clients.Key}}"}"""));
        using var client = Clients.Create(server.Url, logger: notebook);

        for (var i = 0; i < 3; i++)
            await client.SubmitAsync("kling-2.6", Body, default);

        Assert.Equal(3, notebook.Lines.Count);
        Assert.Contains(notebook.Lines, line => line.Contains(Clients.Id, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.Contains("kling-2.6", line, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.DoesNotContain(Clients.Key, line, StringComparison.Ordinal));
        Assert.All(notebook.Lines, line => Assert.DoesNotContain("lighthouse", line, StringComparison.Ordinal));
    }

    private static async Task AssertUnknown(Func<Exchange, Task> script, TimeProvider? time = null) =>
        Assert.NotEmpty(Assert.IsType<SubmitAnswer.OutcomeUnknown>(await OutcomeOf(script, time)).What);

    /// <summary>One submit against this script; fails unless exactly one POST arrived, on one connection.</summary>
    private static async Task<SubmitAnswer> OutcomeOf(Func<Exchange, Task> script, TimeProvider? time = null)
    {
        await using var server = new LoopbackServer(script);
        using var client = Clients.Create(server.Url, time: time);

        var outcome = await client.SubmitAsync("kling-2.6", Body, default);

        Assert.Equal("POST", Assert.Single(server.Requests).Method);
        Assert.Equal(1, server.Connections);
        return outcome;
    }
}

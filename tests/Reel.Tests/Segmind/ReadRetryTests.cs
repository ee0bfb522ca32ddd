using System.Net;
using System.Net.Sockets;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>How reads are repeated, and when they are given up.</summary>
public sealed class ReadRetryTests
{
    private static readonly Dictionary<string, Func<Exchange, Task>> Troubles = new()
    {
        ["500"] = exchange => exchange.AnswerAsync(500, """{"error":"oops"}"""),
        ["502"] = exchange => exchange.AnswerAsync(502, "<html>bad gateway</html>"),
        ["504"] = exchange => exchange.AnswerAsync(504, ""),
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
        await using var server = LoopbackServer.Answering(script, script, script, exchange => exchange.AnswerAsync(200, Clients.Done));
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
                return exchange.AnswerAsync(200, Clients.Done);

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
    public async Task Rate_limits_are_not_retried_at_once_and_do_not_open_the_breaker()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(429, ""));
        using var client = Clients.Create(server.Url, Clients.Quick with { BreakFrom = 2, ReadRetries = 1 });

        for (var i = 0; i < 5; i++)
            Assert.IsType<StatusAnswer.Unreachable>(await client.GetStatusAsync(Clients.Id, default));

        Assert.Equal(5, server.Requests.Count);
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
}

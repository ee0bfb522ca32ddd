using System.Net;
using System.Net.Sockets;
using Reel.Segmind;

namespace Reel.Tests.Segmind;

/// <summary>The rows of <see cref="SubmitRule"/>'s table in which no whole answer came, over real sockets.</summary>
public sealed class SubmitWireTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(503)]
    public async Task An_answer_that_is_cut_off_is_unknown_whatever_its_status(int status) => await SubmitRun.AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 {status} X\r\nContent-Length: 1000\r\n\r\n{SubmitRun.Accepted}");
        exchange.Close();
    });

    [Fact]
    public async Task A_chunked_answer_that_is_cut_off_is_unknown() => await SubmitRun.AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{SubmitRun.Accepted.Length:x}\r\n{SubmitRun.Accepted}\r\n");
        exchange.Close();
    });

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 2")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    public async Task Half_a_head_or_no_http_at_all_is_unknown(string wire) => await SubmitRun.AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync(wire);
        exchange.Close();
    });

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task An_over_long_answer_is_unknown(int status) =>
        await SubmitRun.AssertUnknown(exchange => exchange.AnswerAsync(status, SubmitRun.Accepted + new string(' ', ProviderAnswer.LongestBody)));

    [Fact]
    public async Task An_endless_answer_is_unknown() => await SubmitRun.AssertUnknown(async exchange =>
    {
        await exchange.WriteAsync("HTTP/1.1 200 OK\r\n\r\n");
        while (true)
            await exchange.WriteAsync(new string(' ', 8192));
    });

    [Fact]
    public async Task A_connection_reset_after_the_request_is_unknown() => await SubmitRun.AssertUnknown(exchange =>
    {
        exchange.Reset();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_connection_closed_without_a_word_is_unknown() => await SubmitRun.AssertUnknown(exchange =>
    {
        exchange.Close();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task No_answer_in_time_is_unknown()
    {
        var clock = new ManualClock();
        await SubmitRun.AssertUnknown(
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
        await SubmitRun.AssertUnknown(
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

        var outcome = await SubmitRun.OutcomeOf(
            exchange =>
            {
                clock.Forward(Clients.Quick.Submit - TimeSpan.FromSeconds(1)); // Much longer than the whole time to connect.
                return exchange.AnswerAsync(200, SubmitRun.Accepted);
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

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", SubmitRun.Body, default));
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

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", SubmitRun.Body, default));
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

        var outcome = await client.SubmitAsync("kling-2.6", SubmitRun.Body, default);

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

        Assert.IsType<SubmitAnswer.NotSent>(await client.SubmitAsync("kling-2.6", SubmitRun.Body, default));
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

        var submit = client.SubmitAsync("kling-2.6", SubmitRun.Body, cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submit);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelled_before_it_began_sends_nothing()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, SubmitRun.Accepted));
        using var client = Clients.Create(server.Url);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SubmitAsync("kling-2.6", SubmitRun.Body, new CancellationToken(canceled: true)));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Every_submit_has_a_connection_of_its_own()
    {
        await using var server = LoopbackServer.Answering(exchange => exchange.AnswerAsync(200, SubmitRun.Accepted));
        using var client = Clients.Create(server.Url);

        for (var i = 0; i < 5; i++)
            Assert.IsType<SubmitAnswer.Accepted>(await client.SubmitAsync("kling-2.6", SubmitRun.Body, default));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.SubmitAsync("kling-2.6", SubmitRun.Body, default)));

        Assert.Equal(10, server.Requests.Count);
        Assert.Equal(10, server.Connections);
    }

    [Fact]
    public async Task The_bodys_bytes_are_given_once()
    {
        using var content = new SubmitContent(SubmitRun.Body, () => { });
        Assert.False(content.Begun);

        await content.CopyToAsync(Stream.Null);

        Assert.True(content.Begun);
        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(Stream.Null));
    }
}

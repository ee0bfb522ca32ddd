using System.Net;
using System.Net.Sockets;
using System.Text;
using Reel.Webhooks;
using static Reel.Tests.Webhooks.Attempts;

namespace Reel.Tests.Webhooks;

/// <summary>Attempts that come to nothing: receivers that hang, break off, are not there, or are not allowed.</summary>
public sealed class WebhookFailureTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "x-flood: ")]
    [InlineData("HTTP/1.1 200 OK\r\n", "x-flood: 1\r\n")]
    [InlineData("", "HTTP/1.1 103 Early Hints\r\n\r\n")]
    [InlineData("", "x")]
    public async Task Headers_without_end_are_not_read_to_their_end(string begin, string again)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var flooding = FloodAsync(listener, begin, again);

        var outcome = await SendAsync(new Uri($"http://{listener.LocalEndpoint}/"), TimeSpan.FromSeconds(2));

        Assert.Equal((AttemptVerdict.Failed, (int?)null), (outcome.Verdict, outcome.Status));
        await flooding.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_answer_that_comes_drop_by_drop_does_not_prolong_the_attempt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var flooding = FloodAsync(listener, "HTTP/1.1 200 OK\r\nx-slow: ", "y", TimeSpan.FromMilliseconds(50));

        var outcome = await SendAsync(new Uri($"http://{listener.LocalEndpoint}/"), TimeSpan.FromSeconds(1));

        Assert.Equal((AttemptVerdict.Failed, "no answer within 1 s"), (outcome.Verdict, outcome.Error));
        await flooding.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_status_stands_though_the_body_never_ends()
    {
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            await Answer(context, context.Request.Path == "/good" ? 200 : 500, "so far");
            await context.Response.Body.FlushAsync();
            await Aborted(context);
        });

        // Long enough for a busy machine to bring the headers in time.
        var timeout = TimeSpan.FromSeconds(3);
        var outcomes = await Task.WhenAll(
            SendAsync(new Uri(receiver.Url, "/good"), timeout), SendAsync(new Uri(receiver.Url, "/bad"), timeout));

        Assert.Equal([(AttemptVerdict.Delivered, 200), (AttemptVerdict.Rejected, 500)], outcomes.Select(o => (o.Verdict, o.Status ?? 0)));
        Assert.All(outcomes, outcome => Assert.Equal("so far", outcome.Answer));
        Assert.All(outcomes, outcome => Assert.InRange(outcome.DurationMs, 2_900, 15_000));
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_left_after_the_timeout()
    {
        await using var receiver = await Receiver.StartAsync(Aborted);

        var outcome = await SendAsync(receiver.Url, timeout: TimeSpan.FromMilliseconds(200));

        Assert.Equal((AttemptVerdict.Failed, "no answer within 0.2 s"), (outcome.Verdict, outcome.Error));
        Assert.Null(outcome.Status);
        Assert.InRange(outcome.DurationMs, 150, 10_000);
    }

    [Fact]
    public async Task A_resolver_that_hangs_counts_into_the_timeout()
    {
        var guard = new DestinationGuard(true, async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        });

        var outcome = await SendAsync(new Uri("http://slow.example.com/"), timeout: TimeSpan.FromMilliseconds(200), guard: guard);

        Assert.Equal((AttemptVerdict.Failed, "no answer within 0.2 s"), (outcome.Verdict, outcome.Error));
    }

    [Fact]
    public async Task A_host_that_stops_does_not_count_as_an_attempt()
    {
        using var stop = new CancellationTokenSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            await stop.CancelAsync();
            await Aborted(context);
        });
        using var sender = Sender();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => sender.SendAsync(receiver.Url.AbsoluteUri, "evt_1", Body, stop.Token));
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_a_failed_attempt()
    {
        // Bound and not listening: nobody else can come to listen there.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var outcome = await SendAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/?token=secret"));

        Assert.Equal((AttemptVerdict.Failed, "no connection: ConnectionRefused"), (outcome.Verdict, outcome.Error));
    }

    [Theory]
    [InlineData("", "the exchange broke off")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", "the exchange broke off")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", "the exchange broke off")]
    [InlineData("\0\0\u0012\u0004\0\0\0\0\0", "the exchange broke off")] // how HTTP/2 begins
    [InlineData("HTTP/2 200\r\n\r\n", "the exchange broke off")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n", "the exchange broke off")]
    public async Task What_is_no_answer_is_a_failed_attempt(string answer, string error)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeOnceAsync(listener, answer);

        var outcome = await SendAsync(new Uri($"http://{listener.LocalEndpoint}/"));

        await serving;
        Assert.Equal(AttemptVerdict.Failed, outcome.Verdict);
        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_no_tls_is_a_failed_attempt()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);

        var outcome = await SendAsync(new Uri($"https://127.0.0.1:{receiver.Url.Port}/"));

        Assert.Equal(AttemptVerdict.Failed, outcome.Verdict);
        Assert.StartsWith("the TLS handshake failed", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_is_a_failed_attempt()
    {
        var guard = new DestinationGuard(false, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var outcome = await SendAsync(new Uri("https://nowhere.example.com/"), allowPrivateNetworks: false, guard: guard);

        Assert.Equal((AttemptVerdict.Failed, "the host name was not resolved"), (outcome.Verdict, outcome.Error));
    }

    [Fact]
    public async Task A_name_that_resolves_to_an_inner_address_is_blocked_before_anything_is_sent()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        var guard = new DestinationGuard(false, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        // The sender's own check of the URL is off, so that the guard is what stops it.
        var outcome = await SendAsync(new Uri($"http://rebind.example.com:{receiver.Url.Port}/"), guard: guard);

        Assert.Equal((AttemptVerdict.Blocked, "the host resolves to a loopback address"), (outcome.Verdict, outcome.Error));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_url_that_is_no_longer_allowed_is_blocked()
    {
        var outcome = await SendAsync(new Uri("http://127.0.0.1:5000/hook"), allowPrivateNetworks: false);

        Assert.Equal((AttemptVerdict.Blocked, "the URL must be https", true), (outcome.Verdict, outcome.Error, outcome.IsOurs));
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_sent()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        using var sender = new WebhookSender(
            new WebhookOptions { AllowPrivateNetworks = true }, new FixedTime(Now), new DestinationGuard(true));

        var outcome = await sender.SendAsync(receiver.Url.AbsoluteUri, "evt_1", Body, CancellationToken.None);

        Assert.Equal((AttemptVerdict.Failed, true), (outcome.Verdict, outcome.IsOurs));
        Assert.Contains("Webhooks__Secret", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    /// <summary>Answers one request without end, until the sender has had enough.</summary>
    private static async Task FloodAsync(TcpListener listener, string begin, string again, TimeSpan pause = default)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var chunk = Encoding.ASCII.GetBytes(pause == default ? string.Concat(Enumerable.Repeat(again, 1000)) : again);
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begin));
            while (true)
            {
                await client.GetStream().WriteAsync(chunk);
                await Task.Delay(pause);
            }
        }
        catch (IOException)
        {
            // Dropped, as it should be.
        }
    }

    private static async Task ServeOnceAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var buffer = new byte[16384];
        var request = "";
        while (!request.EndsWith(Encoding.UTF8.GetString(Body), StringComparison.Ordinal))
            request += Encoding.UTF8.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
    }
}

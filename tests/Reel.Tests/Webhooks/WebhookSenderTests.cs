using System.IO.Compression;
using System.Net;
using Reel.Webhooks;
using static Reel.Tests.Webhooks.Attempts;

namespace Reel.Tests.Webhooks;

/// <summary>What a receiver is sent, and what its answer counts for.</summary>
public sealed class WebhookSenderTests
{
    [Fact]
    public async Task What_arrives_is_signed_and_says_who_sends()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);

        var outcome = await SendAsync(new Uri(receiver.Url, "/hook?token=t"));

        var request = Assert.Single(receiver.Requests);
        Assert.Equal(AttemptVerdict.Delivered, outcome.Verdict);
        Assert.Equal(200, outcome.Status);
        Assert.Equal(Now, outcome.At);
        Assert.Equal(("POST", "/hook"), (request.Method, request.Path));
        Assert.Equal(Body, request.Body);
        Assert.Equal("application/json", request.Headers.ContentType);
        Assert.Equal("Reel/1", request.Headers.UserAgent);
        Assert.Equal("evt_1", request.Headers[WebhookHeaders.Id]);
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier(Secret, new FixedTime(Now)).Verify(request.Headers, request.Body));
        Assert.DoesNotContain(request.Headers.Keys, name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(200, AttemptVerdict.Delivered)]
    [InlineData(202, AttemptVerdict.Delivered)]
    [InlineData(204, AttemptVerdict.Delivered)]
    [InlineData(304, AttemptVerdict.Rejected)]
    [InlineData(400, AttemptVerdict.Rejected)]
    [InlineData(401, AttemptVerdict.Rejected)]
    [InlineData(410, AttemptVerdict.Rejected)]
    [InlineData(500, AttemptVerdict.Rejected)]
    [InlineData(503, AttemptVerdict.Rejected)]
    public async Task Only_2xx_counts(int status, AttemptVerdict verdict)
    {
        await using var receiver = await Receiver.StartAsync(context => Answer(context, status));

        var outcome = await SendAsync(receiver.Url);

        Assert.Equal((verdict, status), (outcome.Verdict, outcome.Status));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Headers.Location = "/elsewhere";
            return Answer(context, status);
        });

        var outcome = await SendAsync(receiver.Url);

        Assert.Equal((AttemptVerdict.Rejected, status), (outcome.Verdict, outcome.Status));
        Assert.Equal("/", Assert.Single(receiver.Requests).Path);
    }

    [Fact]
    public async Task No_cookie_is_kept()
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Cookies.Append("session", "1");
            return Task.CompletedTask;
        });
        using var sender = Sender();

        await sender.SendAsync(receiver.Url.AbsoluteUri, "evt_1", Body, CancellationToken.None);
        await sender.SendAsync(receiver.Url.AbsoluteUri, "evt_2", Body, CancellationToken.None);

        Assert.Equal(2, receiver.Requests.Count);
        Assert.All(receiver.Requests, request => Assert.False(request.Headers.ContainsKey("Cookie")));
    }

    [Fact]
    public async Task The_beginning_of_an_answer_is_kept_as_one_printable_line()
    {
        await using var receiver = await Receiver.StartAsync(
            context => Answer(context, 422, "\r\n {\"fehler\":\t\"ungültig\"}\0\u001b[31m\n"));

        Assert.Equal("{\"fehler\": \"ungültig\"} [31m", (await SendAsync(receiver.Url)).Answer);
    }

    [Fact]
    public async Task An_answer_without_end_is_read_to_four_kibibytes_and_its_connection_dropped()
    {
        var dropped = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.RequestAborted.Register(dropped.SetResult);
            context.Response.StatusCode = 500;
            var chunk = new byte[65536];
            Array.Fill(chunk, (byte)'x');
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });

        var outcome = await SendAsync(receiver.Url);

        Assert.Equal((AttemptVerdict.Rejected, 500), (outcome.Verdict, outcome.Status));
        Assert.Equal(new string('x', PrintableText.MaxBytes), outcome.Answer);
        await dropped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(429, "30", 30)]
    [InlineData(503, "3600", 3600)]
    [InlineData(503, "Sun, 01 Nov 2026 12:02:00 GMT", 120)]
    [InlineData(503, "Sun, 01 Nov 2026 11:00:00 GMT", null)]
    [InlineData(503, "0", null)]
    [InlineData(503, "-5", null)]
    [InlineData(429, "soon", null)]
    [InlineData(500, "30", null)]
    [InlineData(429, null, null)]
    public async Task Retry_after_is_heard_with_429_and_503(int status, string? header, int? seconds)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            if (header is not null) context.Response.Headers.RetryAfter = header;
            return Answer(context, status);
        });

        var outcome = await SendAsync(receiver.Url);

        Assert.Equal(seconds, outcome.RetryAfter?.TotalSeconds);
        Assert.Equal(status, outcome.Status);
    }

    [Theory]
    [InlineData("abort-message", true)]
    [InlineData("Abort-Message", true)]
    [InlineData("keep", false)]
    [InlineData(null, false)]
    public async Task A_receiver_may_ask_not_to_be_sent_an_event_again(string? header, bool asked)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            if (header is not null) context.Response.Headers[WebhookHeaders.Delivery] = header;
            return Answer(context, 400);
        });

        Assert.Equal(asked, (await SendAsync(receiver.Url)).AbortRequested);
    }

    [Fact]
    public async Task A_compressed_answer_stays_as_it_came()
    {
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(new byte[10_000_000]);
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(bomb.ToArray());
        });

        var outcome = await SendAsync(receiver.Url);

        Assert.Equal(AttemptVerdict.Delivered, outcome.Verdict);
        Assert.False(Assert.Single(receiver.Requests).Headers.ContainsKey("Accept-Encoding"));
        Assert.Equal(PrintableText.From(bomb.ToArray().AsSpan(0, 4096)), outcome.Answer);
    }

    [Fact]
    public void No_proxy_no_redirect_and_nothing_unpacked_whatever_the_environment_says()
    {
        using var handler = WebhookSender.CreateHandler(new DestinationGuard(false), TimeSpan.FromSeconds(15));

        Assert.Equal((false, false, false), (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies));
        Assert.Equal((null, null, DecompressionMethods.None), (handler.Credentials, handler.DefaultProxyCredentials, handler.AutomaticDecompression));
        Assert.False(handler.PreAuthenticate);
        Assert.NotNull(handler.ConnectCallback);
    }
}

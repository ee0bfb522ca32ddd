using System.Net;
using System.Net.Sockets;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>What the provider may do to a download, and what is made of it.</summary>
public sealed class SourceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_file_that_is_not_handed_out_any_more_is_gone(int status)
    {
        await using var server = ScriptedServer.Sending([], $"{status} No");
        Assert.Equal(new SaveOutcome.SourceGone(status), await SaveAsync(server));
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_in_trouble_is_unavailable(int status)
    {
        await using var server = ScriptedServer.Sending([], $"{status} Later");
        Assert.Equal(new SaveOutcome.SourceUnavailable($"the provider answered {status}"), await SaveAsync(server));
    }

    [Theory]
    [InlineData(206)]
    [InlineData(400)]
    public async Task Any_other_answer_is_broken(int status)
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(100), $"{status} Hm");
        Assert.Equal(new SaveOutcome.SourceBroken($"the provider answered {status}"), await SaveAsync(server));
    }

    [Fact]
    public async Task An_empty_file_is_broken()
    {
        await using var server = ScriptedServer.Sending([]);
        Assert.Equal(new SaveOutcome.SourceBroken("the provider sent an empty file"), await SaveAsync(server));
    }

    [Fact]
    public async Task An_empty_body_of_unknown_length_is_broken()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            await connection.ChunkAsync(default);
        });
        Assert.Equal(new SaveOutcome.SourceBroken("the provider sent an empty file"), await SaveAsync(server));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><title>Sorry</title>", "HTML or XML")]
    [InlineData("  \r\n{\"error\": \"not found\"}", "JSON")]
    [InlineData("x", "something unknown")]
    public async Task What_is_no_video_is_broken_though_it_comes_as_one(string body, string what)
    {
        await using var server = ScriptedServer.Sending(System.Text.Encoding.UTF8.GetBytes(body));
        Assert.Equal(new SaveOutcome.SourceBroken($"the provider sent {what} instead of a video"), await SaveAsync(server));
    }

    [Fact]
    public async Task A_length_other_than_the_announced_one_is_broken()
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(5000));
        Assert.Equal(new SaveOutcome.SourceBroken("the provider announced 4999 bytes and sends 5000"), await SaveAsync(server, 4999));
    }

    [Theory]
    [InlineData(5001, "the provider announced 5001 bytes and sent 5000")]
    [InlineData(4999, "the provider announced 4999 bytes and sends more")]
    public async Task A_body_of_undeclared_length_is_held_against_the_announced_one(int announced, string reason)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            await connection.ChunkAsync(Samples.Mp4(5000));
            await connection.ChunkAsync(default);
        });
        Assert.Equal(new SaveOutcome.SourceBroken(reason), await SaveAsync(server, announced));
    }

    [Fact]
    public async Task A_body_that_just_ends_is_not_believed_to_be_whole()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("");
            await connection.WriteAsync(Samples.Mp4(5000));
        });
        Assert.Equal(new SaveOutcome.SourceBroken("the provider does not say how long the file is"), await SaveAsync(server));
    }

    [Theory]
    [InlineData("Content-Length: 9000000\r\n", "the provider's file was cut off after 5000 of 9000000 bytes")]
    [InlineData("Transfer-Encoding: chunked\r\n", "the provider's file was cut off after 5000 bytes")]
    public async Task A_body_that_ends_early_is_cut_off(string header, string reason)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync(header);
            if (header.Contains("chunked", StringComparison.Ordinal)) await connection.ChunkAsync(Samples.Mp4(5000));
            else await connection.WriteAsync(Samples.Mp4(5000));
        });
        Assert.Equal(new SaveOutcome.SourceBroken(reason), await SaveAsync(server));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_unavailable()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Content-Length: 9000000\r\n");
            await connection.WriteAsync(Samples.Mp4(5000));
            connection.Reset();
        });
        Assert.IsType<SaveOutcome.SourceUnavailable>(await SaveAsync(server));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var test = new TestStore(azurite.ConnectionString);

        var outcome = await test.SaveAsync(new Uri($"http://127.0.0.1:{port}/v.mp4"));

        Assert.Equal(new SaveOutcome.SourceUnavailable("the connection to the provider failed (ConnectionError)"), outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_falls_silent_is_unavailable(bool afterTheHead)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            if (afterTheHead)
            {
                await connection.HeadAsync("Content-Length: 9000000\r\n");
                await connection.WriteAsync(Samples.Mp4(5000));
            }
            await Task.Delay(Timeout.Infinite, connection.Stop);
        });

        var outcome = await SaveAsync(server, configure: options => options.StallTimeout = TimeSpan.FromSeconds(1));

        var what = afterTheHead ? "sent only 5000 bytes in 1 seconds" : "sent nothing for 1 seconds";
        Assert.Equal(new SaveOutcome.SourceUnavailable($"the provider {what}"), outcome);
    }

    [Fact]
    public async Task A_body_that_trickles_does_not_run_for_ever()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            while (true) await connection.ChunkAsync(Samples.Mp4(100));
        });

        var outcome = await SaveAsync(server, configure: options => options.DownloadTimeout = TimeSpan.FromMilliseconds(200));

        Assert.Contains("took more than", Assert.IsType<SaveOutcome.SourceUnavailable>(outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_given_up_at_the_limit()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            while (true) await connection.ChunkAsync(Samples.Mp4(Samples.MiB));
        });

        var outcome = await SaveAsync(server, configure: options => options.MaxLength = 6 * Samples.MiB);

        Assert.Equal(new SaveOutcome.SourceBroken("the video has more than the 6291456 bytes that are allowed"), outcome);
    }

    [Theory]
    [InlineData("file:///etc/hostname")]
    [InlineData("ftp://127.0.0.1/v.mp4")]
    public async Task A_link_that_is_not_http_is_broken(string url)
    {
        using var test = new TestStore(azurite.ConnectionString);
        Assert.IsType<SaveOutcome.SourceBroken>(await test.SaveAsync(new Uri(url)));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Three_redirects_are_followed_and_no_fourth(int redirects, bool saved)
    {
        var left = redirects;
        await using var server = new ScriptedServer(connection => Interlocked.Decrement(ref left) >= 0
            ? connection.SendAsync([], "302 Found", "Location: /elsewhere.mp4\r\nSet-Cookie: a=b\r\n")
            : connection.SendAsync(Samples.Mp4(5000)));

        var outcome = await SaveAsync(server);

        Assert.Equal(saved, outcome is SaveOutcome.Saved);
        Assert.Equal(4, server.Heads.Count);
        Assert.All(server.Heads, head => Assert.DoesNotContain("Cookie", head, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_download_tells_nothing_that_it_need_not()
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(5000));

        await SaveAsync(server);

        var lines = server.Heads[0].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0]).Order();
        Assert.Equal(["Accept-Encoding", "GET /files/clip%20one.mp4?signature=s3cret HTTP/1.1", "Host", "User-Agent"], lines);
        Assert.Contains("Accept-Encoding: identity\r\n", server.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_sees_every_connection_and_can_refuse_it()
    {
        await using var server = new ScriptedServer(connection => connection.SendAsync([], "302 Found", "Location: http://refused.test:1/v.mp4\r\n"));
        var seen = new List<string>();
        ValueTask<Stream> Guard(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            seen.Add(context.DnsEndPoint.Host);
            if (context.DnsEndPoint.Host == "refused.test") throw new IOException("not there");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(context.DnsEndPoint);
            return ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
        }
        using var test = new TestStore(azurite.ConnectionString, open: Guard);

        var outcome = await test.SaveAsync(server.Url);

        Assert.IsType<SaveOutcome.SourceUnavailable>(outcome);
        Assert.Equal(["127.0.0.1", "refused.test"], seen);
    }

    [Fact]
    public async Task A_link_that_the_guard_refuses_is_broken_and_says_why()
    {
        using var test = new TestStore(azurite.ConnectionString, open: (_, _) => throw new SourceRefusedException("the host resolves to a private address"));

        var outcome = await test.SaveAsync(new Uri("https://inner.test/v.mp4"));

        Assert.Equal(new SaveOutcome.SourceBroken("the provider's link is not followed: the host resolves to a private address"), outcome);
    }

    private async Task<SaveOutcome> SaveAsync(ScriptedServer server, long? announced = null, Action<VideoOptions>? configure = null)
    {
        using var test = new TestStore(azurite.ConnectionString, configure, timings: TestStore.Hasty with { Breaks = 1 });
        var outcome = await test.SaveAsync(server.Url, announced);
        var there = await test.Store.FindAsync("request-1.mp4", default);
        Assert.Equal(outcome is SaveOutcome.Saved, there is not null);
        return outcome;
    }
}

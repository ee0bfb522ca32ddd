using System.Security.Cryptography;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>Downloads that break: what came stays, and parts of two files are never put together.</summary>
public sealed class ResumingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Cut = (5 * Samples.MiB) + 3;
    private const string Whole = "Accept-Ranges: bytes\r\n";
    private const string Long = "Date: Sun, 01 Nov 2026 12:01:00 GMT\r\nLast-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\n";
    private const string Just = "Date: Sun, 01 Nov 2026 12:00:59 GMT\r\nLast-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\n";

    private readonly byte[] video = Samples.Mp4((9 * Samples.MiB) + 7);

    [Theory]
    [InlineData(BreakingServer.Tag, "\"one\"")]
    [InlineData(BreakingServer.Tag + Just, "\"one\"")]
    [InlineData(Long, "Sun, 01 Nov 2026 12:00:00 GMT")]
    public async Task What_came_is_not_asked_for_again(string validators, string condition)
    {
        var file = new BreakingServer(video, validators);
        await using var server = new ScriptedServer(connection => file.ServeAsync(connection, file.Requests == 0 ? Cut : int.MaxValue));

        await AssertSavedAsync(server, video);

        Assert.Equal(video.Length, file.Sent);
        Assert.Equal(2, server.Heads.Count);
        Assert.Contains($"Range: bytes={Cut}-\r\n", server.Heads[1], StringComparison.Ordinal);
        Assert.Contains($"If-Range: {condition}\r\n", server.Heads[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_undeclared_length_goes_on_too()
    {
        var file = new BreakingServer(video, BreakingServer.Tag);
        await using var server = new ScriptedServer(async connection =>
        {
            if (file.Requests > 0)
            {
                await file.ServeAsync(connection, int.MaxValue);
                return;
            }

            file.Count();
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n" + BreakingServer.Tag);
            await connection.ChunkAsync(video.AsMemory(0, Cut));
        });

        await AssertSavedAsync(server, video);

        Assert.Equal(video.Length - Cut, file.Sent);
    }

    [Fact]
    public async Task As_long_as_it_gets_on_it_may_break_as_often_as_it_likes()
    {
        var file = new BreakingServer(video, BreakingServer.Tag);
        await using var server = new ScriptedServer(connection => file.ServeAsync(connection, Samples.MiB));

        await AssertSavedAsync(server, video, TestStore.Hasty with { Breaks = 1 });

        Assert.Equal((video.Length, 10), (file.Sent, file.Requests));
    }

    [Theory]
    [InlineData(BreakingServer.Tag)]
    [InlineData("")]
    public async Task Without_getting_on_it_is_given_up(string validators)
    {
        // With the tag nothing more comes each time; without, the same megabytes.
        var file = new BreakingServer(video, validators);
        await using var server = new ScriptedServer(connection => file.ServeAsync(connection, connection["Range"] is null ? Cut : 0));
        using var test = new TestStore(azurite.ConnectionString);

        var outcome = Assert.IsType<SaveOutcome.SourceBroken>(await test.SaveAsync(server.Url));

        Assert.Contains($" of {video.Length} bytes", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(TestStore.Hasty.Breaks + 1, file.Requests);
        Assert.Null(await test.Store.FindAsync("request-1.mp4", default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ETag: W/\"one\"\r\n")]
    [InlineData("ETag: W/\"one\"\r\n" + Long)]
    [InlineData(Just)]
    [InlineData("Accept-Ranges: none\r\n" + BreakingServer.Tag)]
    public async Task Where_a_part_could_be_of_another_file_it_begins_anew(string validators)
    {
        var file = new BreakingServer(video, validators);
        await using var server = new ScriptedServer(connection => file.ServeAsync(connection, file.Requests == 0 ? Cut : int.MaxValue));

        await AssertSavedAsync(server, video);

        Assert.Equal(2, file.Requests);
        Assert.All(server.Heads, head => Assert.DoesNotContain("Range:", head, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("200 OK", "", 2)]
    [InlineData("206 Partial Content", "Content-Range: bytes {0}-{1}/{2}\r\nETag: \"two\"\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: bytes {0}-{1}/{2}\r\nETag: W/\"one\"\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: bytes {0}-{1}/{2}\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: bytes 0-{1}/{2}\r\nETag: \"one\"\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: bytes {0}-{1}/*\r\nETag: \"one\"\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: bytes {0}-{1}/99999999\r\nETag: \"one\"\r\n", 3)]
    [InlineData("206 Partial Content", "Content-Range: pages {0}-{1}/{2}\r\nETag: \"one\"\r\n", 3)]
    [InlineData("206 Partial Content", "ETag: \"one\"\r\n", 3)]
    [InlineData("416 Range Not Satisfiable", "Content-Range: bytes */5\r\n", 3)]
    public async Task Parts_of_two_files_are_never_put_together(string status, string headers, int requests)
    {
        // Between the first answer and the second, the file was replaced by another of the same length.
        var other = video.Select((value, index) => index < 32 ? value : (byte)~value).ToArray();
        var (before, after) = (new BreakingServer(video, BreakingServer.Tag), new BreakingServer(other, ""));
        var count = 0;
        await using var server = new ScriptedServer(connection => ++count switch
        {
            1 => before.ServeAsync(connection, Cut),
            2 => after.SendAsync(connection, status[0] == '4' || status[2] == '6' ? Cut : 0, int.MaxValue, status,
                string.Format(null, headers, Cut, video.Length - 1, video.Length)),
            _ => after.ServeAsync(connection, int.MaxValue),
        });

        await AssertSavedAsync(server, other);

        Assert.Equal(requests, server.Heads.Count);
        Assert.Contains("Range: bytes=", server.Heads[1], StringComparison.Ordinal);
        if (requests == 3) Assert.DoesNotContain("Range:", server.Heads[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_stalls_or_trickles_is_left_and_what_came_stays(bool trickles)
    {
        var file = new BreakingServer(video, BreakingServer.Tag + Whole);
        await using var server = new ScriptedServer(async connection =>
        {
            if (file.Requests > 0)
            {
                await file.ServeAsync(connection, int.MaxValue);
                return;
            }

            await file.ServeAsync(connection, Cut);
            for (var next = Cut; trickles; next++)
            {
                await connection.WriteAsync(video.AsMemory(next, 1));
                await Task.Delay(10, connection.Stop);
            }

            await Task.Delay(Timeout.Infinite, connection.Stop);
        });

        await AssertSavedAsync(server, video, configure: options => options.StallTimeout = TimeSpan.FromSeconds(5));

        // How much came in all depends on how busy the machine is; that the first part was kept does not.
        Assert.Contains("Range: bytes=", server.Heads[1], StringComparison.Ordinal);
        Assert.True(file.Sent >= video.Length - (trickles ? 10_000 : 0), $"{file.Sent} bytes were sent.");
    }

    [Fact]
    public async Task A_server_in_trouble_for_a_moment_is_asked_once_more()
    {
        var file = new BreakingServer(video, BreakingServer.Tag);
        await using var server = new ScriptedServer(connection => file.Requests switch
        {
            0 => file.ServeAsync(connection, Cut),
            1 => connection.SendAsync([], file.Count() == 2 ? "503 Later" : ""),
            _ => file.ServeAsync(connection, int.MaxValue),
        });

        await AssertSavedAsync(server, video);

        Assert.Equal((video.Length, 3), (file.Sent, file.Requests));
    }

    [Fact]
    public async Task A_link_that_expires_in_the_middle_is_gone()
    {
        var file = new BreakingServer(video, BreakingServer.Tag);
        await using var server = new ScriptedServer(connection => file.Requests == 0
            ? file.ServeAsync(connection, Cut)
            : connection.SendAsync([], "403 Expired"));
        using var test = new TestStore(azurite.ConnectionString);

        Assert.Equal(new SaveOutcome.SourceGone(403), await test.SaveAsync(server.Url));
    }

    private async Task AssertSavedAsync(
        ScriptedServer server, byte[] expected, DownloadTimings? timings = null, Action<VideoOptions>? configure = null)
    {
        using var test = new TestStore(azurite.ConnectionString, configure, timings: timings);

        var saved = Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url)).Video;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), saved.Sha256);
        var stored = await test.ReadAsync();
        Assert.True(expected.AsSpan().SequenceEqual(stored), "The saved bytes are not the file's.");
    }
}

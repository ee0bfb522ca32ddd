using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

public sealed class SavingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Block = 4 * Samples.MiB;

    [Fact]
    public async Task A_saved_video_says_what_it_is()
    {
        var video = Samples.Mp4(100_000);
        await using var server = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString);
        var before = DateTimeOffset.UtcNow.AddSeconds(-2);

        var saved = Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url, video.Length)).Video;

        Assert.Equal(video, await test.ReadAsync());
        Assert.Equal("request-1.mp4", saved.BlobName);
        Assert.Equal(video.Length, saved.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(video)), saved.Sha256);
        Assert.Equal("video/mp4", saved.ContentType);
        Assert.InRange(saved.SavedAt, before, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Equal(saved, await test.Store.FindAsync("request-1.mp4", default));
        var metadata = (await test.Container.GetBlobClient("request-1.mp4").GetPropertiesAsync()).Value.Metadata;
        Assert.Equal("request-1", metadata["requestid"]);
        Assert.Equal(saved.Sha256, metadata["sha256"]);
        Assert.Equal("100000", metadata["length"]);
        Assert.Equal("clip%20one.mp4", metadata["source"]);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(3 * Block)]
    [InlineData((3 * Block) + 17)]
    public async Task Every_length_around_a_block_is_saved_byte_for_byte(int length)
    {
        var video = Samples.Mp4(length);
        await using var server = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString);

        var saved = Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url, length)).Video;

        Assert.Equal(length, saved.Length);
        Assert.Equal(video, await test.ReadAsync());
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_saved_to_its_declared_end()
    {
        var video = Samples.Mp4(Block + 5);
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            await connection.ChunkAsync(video.AsMemory(0, 7)); // shorter than what a container is told by
            await connection.ChunkAsync(video.AsMemory(7));
            await connection.ChunkAsync(default);
        });
        using var test = new TestStore(azurite.ConnectionString);

        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url));
        Assert.Equal(video, await test.ReadAsync());
    }

    [Fact]
    public async Task Saving_again_finds_the_video_and_downloads_nothing()
    {
        var video = Samples.Mp4(5000);
        await using var server = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString);
        var first = Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url)).Video;

        var second = Assert.IsType<SaveOutcome.AlreadySaved>(await test.SaveAsync(server.Url)).Video;

        Assert.Equal(first, second);
        Assert.Single(server.Heads);
    }

    [Fact]
    public async Task Of_runs_at_the_same_time_one_saves_and_the_others_find_it()
    {
        const int Runs = 4;
        var video = Samples.Mp4((2 * Block) + 99);
        var arrived = 0;
        var all = new TaskCompletionSource();
        await using var server = new ScriptedServer(async connection =>
        {
            // Nobody gets a body before everybody has looked and found no blob.
            if (Interlocked.Increment(ref arrived) == Runs) all.SetResult();
            await all.Task.WaitAsync(connection.Stop);
            await connection.SendAsync(video);
        });
        using var test = new TestStore(azurite.ConnectionString);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => test.SaveAsync(server.Url, video.Length)));

        Assert.Single(outcomes.OfType<SaveOutcome.Saved>());
        Assert.Equal(Runs - 1, outcomes.OfType<SaveOutcome.AlreadySaved>().Count());
        Assert.Equal(video, await test.ReadAsync());
    }

    [Fact]
    public async Task A_blob_that_is_not_this_requests_video_is_left_alone()
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(5000));
        using var test = new TestStore(azurite.ConnectionString);
        await test.SaveAsync(server.Url, request: "request-1");

        await Assert.ThrowsAsync<VideoNameTakenException>(() => test.SaveAsync(server.Url, request: "request-2"));

        Assert.Single(server.Heads);
        Assert.IsType<SaveOutcome.AlreadySaved>(await test.SaveAsync(server.Url, request: "request-1"));
    }

    [Fact]
    public async Task A_container_that_was_deleted_is_made_again()
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(5000));
        using var test = new TestStore(azurite.ConnectionString);
        await test.SaveAsync(server.Url);
        await test.Container.DeleteAsync();

        Assert.Null(await test.Store.FindAsync("request-1.mp4", default));
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url));
    }

    [Fact]
    public async Task A_cancelled_save_leaves_no_blob()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync("Transfer-Encoding: chunked\r\n");
            await connection.ChunkAsync(Samples.Mp4(Block + 1));
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, connection.Stop);
        });
        using var test = new TestStore(azurite.ConnectionString);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.SaveAsync(server.Url, token: cancel.Token));

        Assert.Null(await test.Store.FindAsync("request-1.mp4", default));
    }

    [Fact]
    public async Task A_run_that_died_between_two_blocks_is_no_hindrance()
    {
        var video = Samples.Mp4((3 * Block) + 1);
        await using var server = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString);
        await test.Container.CreateAsync();
        await test.Container.GetBlockBlobClient("request-1.mp4").StageBlockAsync(Convert.ToBase64String(new byte[20]), new MemoryStream(video, 0, Block));

        Assert.Null(await test.Store.FindAsync("request-1.mp4", default));
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url, video.Length));
        Assert.Equal(video, await test.ReadAsync());
    }

    [Theory]
    [InlineData("request-1")]
    [InlineData("request-2")]
    public async Task A_run_whose_blocks_another_runs_commit_dropped_leaves_that_one_alone(string other)
    {
        var video = Samples.Mp4((3 * Block) + 1);
        var (slow, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync($"Content-Length: {video.Length}\r\n");
            await connection.WriteAsync(video.AsMemory(0, (2 * Block) + 1));
            slow.SetResult();
            await go.Task.WaitAsync(connection.Stop);
            await connection.WriteAsync(video.AsMemory((2 * Block) + 1));
        });
        await using var fast = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString);

        var late = test.SaveAsync(server.Url);
        await slow.Task;
        await WaitForBlocksAsync(test);
        var first = Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(fast.Url, request: other)).Video;
        go.SetResult();

        if (other == "request-1") Assert.Equal(first, Assert.IsType<SaveOutcome.AlreadySaved>(await late).Video);
        else await Assert.ThrowsAsync<VideoNameTakenException>(() => late);
        Assert.Equal(first, await test.Store.FindAsync("request-1.mp4", default));
        Assert.Equal(video, await test.ReadAsync());
    }

    [Theory]
    [InlineData("video/webm", "video/webm")]
    [InlineData("Video/MP4; codecs=\"avc1\"", "video/mp4")]
    [InlineData("application/octet-stream", "video/mp4")]
    [InlineData("text/html", "video/mp4")]
    [InlineData("not a type", "video/mp4")]
    public async Task The_announced_type_is_kept_when_it_is_a_video_type(string announced, string stored)
    {
        await using var server = ScriptedServer.Sending(Samples.Mp4(5000));
        using var test = new TestStore(azurite.ConnectionString);

        var outcome = await test.Store.SaveAsync(new VideoSource(server.Url, null, announced), "typed.mp4", "r", default);

        Assert.Equal(stored, Assert.IsType<SaveOutcome.Saved>(outcome).Video.ContentType);
    }

    [Fact]
    public async Task Storage_killed_in_the_middle_throws_and_the_next_attempt_saves()
    {
        var folder = TestFolder.Create();
        var package = await AzuriteFixture.InstallAsync();
        var video = Samples.Mp4((3 * Block) + 1);
        var storage = await Local.Azurite.AzuriteServer.StartAsync(package, folder, 0);
        var kill = true;
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync($"Content-Length: {video.Length}\r\n");
            await connection.WriteAsync(video.AsMemory(0, Block + 1));
            if (kill)
            {
                using var process = System.Diagnostics.Process.GetProcessById(storage.ProcessId);
                process.Kill();
                await storage.Exited;
            }
            await connection.WriteAsync(video.AsMemory(Block + 1));
        });
        using var test = new TestStore(storage.ConnectionString, retries: 1);

        await Assert.ThrowsAnyAsync<Exception>(() => test.SaveAsync(server.Url, video.Length));
        kill = false;
        await storage.DisposeAsync();
        await using var again = await Local.Azurite.AzuriteServer.StartAsync(package, folder, storage.Port);

        Assert.Equal(storage.Port, again.Port);
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url, video.Length));
        Assert.Equal(video, await test.ReadAsync());
    }

    private static async Task WaitForBlocksAsync(TestStore test)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var blob = test.Container.GetBlockBlobClient("request-1.mp4");
        while (!await HasBlocksAsync(blob))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "Waited a minute in vain for a block.");
            await Task.Delay(20);
        }
    }

    private static async Task<bool> HasBlocksAsync(BlockBlobClient blob)
    {
        try
        {
            return (await blob.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks.Any();
        }
        catch (Azure.RequestFailedException e) when (e.Status == 404)
        {
            return false; // Before the first one.
        }
    }
}

using Azure.Core;
using Azure.Core.Pipeline;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

public sealed class SlowStorageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Length = 96 * Samples.MiB;
    private const int BlocksOnTheirWay = 2;
    private const int Block = 4 * Samples.MiB;

    // What the two ends of a connection may take in that nobody has read.
    private const int InSockets = 40 * Samples.MiB;

    [Fact]
    public async Task A_source_that_is_faster_than_the_storage_has_to_wait_and_no_more_than_three_blocks_are_held()
    {
        var video = Samples.Mp4(Length);
        var sent = 0;
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync($"Content-Length: {Length}\r\n");
            for (; sent < Length; Interlocked.Add(ref sent, Samples.MiB)) await connection.WriteAsync(video.AsMemory(sent, Samples.MiB));
        });
        using var storage = new HeldBlocks();
        using var test = new TestStore(azurite.ConnectionString, watch: storage);

        var saving = test.SaveAsync(server.Url, Length);
        await Wait.UntilAsync(() => storage.Held == BlocksOnTheirWay, "two blocks are on their way", 60);
        await UntilStillAsync(() => Volatile.Read(ref sent));
        var (held, taken) = (storage.Held, Volatile.Read(ref sent));
        storage.LetGo();
        var saved = Assert.IsType<SaveOutcome.Saved>(await saving);

        Assert.Equal(BlocksOnTheirWay, held);
        Assert.InRange(taken, BlocksOnTheirWay * Block, ((BlocksOnTheirWay + 1) * Block) + InSockets);
        Assert.Equal(BlocksOnTheirWay, storage.Most);
        Assert.Equal(Length, saved.Video.Length);
        Assert.Equal(video, await test.ReadAsync());
    }

    /// <summary>Until the value has not changed for half a second. On a machine that hangs for so long the test sees less, and still what is true.</summary>
    private static async Task UntilStillAsync(Func<int> value)
    {
        for (var (last, looks) = (value(), 0); looks < 10; looks++)
        {
            await Task.Delay(50);
            if (value() is var now && now != last) (last, looks) = (now, 0);
        }
    }

    /// <summary>Storage that answers no block until it is let go.</summary>
    private sealed class HeldBlocks : HttpPipelinePolicy, IDisposable
    {
        private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock gate = new();

        /// <summary>How many blocks are being sent.</summary>
        public int Held { get; private set; }

        /// <summary>The most of that at a time.</summary>
        public int Most { get; private set; }

        public void LetGo() => gone.TrySetResult();

        // A test that failed leaves nothing waiting.
        public void Dispose() => LetGo();

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var isBlock = message.Request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal);
            if (isBlock)
            {
                lock (gate) Most = Math.Max(Most, ++Held);
                await gone.Task;
            }

            await ProcessNextAsync(message, pipeline);
            if (isBlock) lock (gate) Held--;
        }
    }
}

using Reel.Client;

namespace Reel.Cli.Bulk;

/// <summary>Looks at a batch until all of its requests are over, and says of each when it is.</summary>
internal sealed class BatchFollower(ReelClient client, Func<Chunk, int, bool> isKnown, Func<Chunk, int, ReelRequest, CancellationToken, ValueTask> ended, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A batch that has ended has no request left under way; one that still looks so is looked at again before it is given up.
    private const int MostLooks = 10;

    /// <param name="counted">Told how it stands.</param>
    /// <exception cref="ReelException">Also when the server does not know the batch.</exception>
    public async Task FollowAsync(Chunk chunk, Action<ReelBatchCounts> counted, CancellationToken cancellationToken)
    {
        var open = Enumerable.Range(0, chunk.Lines.Count).Where(index => !isKnown(chunk, chunk.Lines[index])).ToHashSet();
        var pages = new List<Page> { new(null) };
        var (over, looks) = (-1, 0);
        while (open.Count > 0)
        {
            var batch = await client.Batches.GetAsync(chunk.BatchId!, cancellationToken);
            counted(batch.Counts);
            if (batch.Counts.Completed + batch.Counts.Failed is var now && (now != over || batch.IsFinal))
            {
                over = now;
                await LookAsync(chunk, open, pages, cancellationToken);
            }

            if (open.Count == 0) return;
            if (batch.IsFinal && ++looks == MostLooks)
            {
                foreach (var index in open)
                {
                    var lost = new ReelRequest("FAILED", "", Error: $"The batch has ended as {batch.Status}, and this request is not in it any more", ErrorCode: "not_found");
                    await ended(chunk, chunk.Lines[index], lost, cancellationToken);
                }

                return;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task LookAsync(Chunk chunk, HashSet<int> open, List<Page> pages, CancellationToken cancellationToken)
    {
        for (var i = 0; i < pages.Count; i++)
        {
            if (pages[i].IsOver) continue;
            var items = await client.Batches.ItemsAsync(chunk.BatchId!, pages[i].Cursor, cancellationToken: cancellationToken);
            foreach (var item in items.Requests)
            {
                if (item is { IsFinal: true, BatchIndex: { } index } && open.Remove(index)) await ended(chunk, chunk.Lines[index], item, cancellationToken);
            }

            pages[i] = pages[i] with { IsOver = items.Requests.All(item => item.IsFinal) };
            if (i == pages.Count - 1 && items.NextCursor is { } next) pages.Add(new Page(next));
        }
    }

    private sealed record Page(string? Cursor, bool IsOver = false);
}

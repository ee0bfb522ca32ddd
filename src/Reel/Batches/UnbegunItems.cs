using Reel.Generations;

namespace Reel.Batches;

/// <summary>Those requests of a batch that have no instance, for one call: what is read serves all of them, and nothing is read that is not needed.</summary>
internal sealed class UnbegunItems(Waiting waiting, BatchRecords records, UsageRecords deleted, RequestFactory requests)
{
    private readonly Dictionary<int, IReadOnlyList<RequestContent?>> chunks = [];
    private IReadOnlySet<string>? gone;

    /// <summary>A request as it stands; null for one that is not in the wanted state, is deleted or is forgotten.</summary>
    public async Task<Generation?> FindAsync(int index, GenerationStatus? wanted, CancellationToken cancellationToken)
    {
        if (waiting.StateOf(index) is not { } state || (wanted is not null && state.Status != wanted)) return null;

        var batch = waiting.Batch.Request;
        gone ??= await deleted.FindAllAsync(batch.CallerId, BatchIds.CommonPrefix(batch.BatchId), cancellationToken);
        if (gone.Contains(BatchIds.Request(batch.BatchId, index))) return null;

        var number = BatchRecords.ChunkOf(index, out var place);
        if (!chunks.TryGetValue(number, out var chunk))
            chunks[number] = chunk = await records.ReadChunkAsync(batch.CallerId, batch.BatchId, number, cancellationToken);
        return chunk.ElementAtOrDefault(place) is { } content ? Describe(waiting, index, state, content, requests) : null;
    }

    /// <summary>A request that has no instance, as if it had one.</summary>
    public static Generation Describe(Waiting waiting, int index, GenerationState state, RequestContent content, RequestFactory requests)
    {
        var batch = waiting.Batch.Request;
        var request = requests.Create(BatchIds.Request(batch.BatchId, index), batch.CallerId, content, batch.AcceptedAt, batch.BaseUrl, batch.BatchId);
        return new Generation(request, state) { Ahead = state.IsFinal ? null : waiting.AheadOf(index) };
    }
}

using System.Globalization;
using Reel.Generations;
using Reel.Records;

namespace Reel.Batches;

/// <summary>What a batch asks for, and what of it was cancelled, in blob storage. Blobs go by the storage account's lifecycle rules.</summary>
public sealed class BatchRecords(RecordStore records)
{
    // Written side by side, and read once for each request: large enough for few writes, small enough for each read.
    private const int ChunkSize = 50;
    private const int ReadsAtOnce = 4;

    /// <summary>Writes what a batch asks for; what is there already is of an earlier try, and the same.</summary>
    public Task WriteAsync(string callerId, string batchId, IReadOnlyList<RequestContent> contents, CancellationToken cancellationToken) =>
        Task.WhenAll(contents.Chunk(ChunkSize).Select(
            (chunk, number) => records.CreateAsync(NameOf(callerId, batchId, number), new BatchChunk(chunk), cancellationToken)));

    /// <summary>What one request asks for; null when it is gone.</summary>
    public async Task<RequestContent?> ReadContentAsync(string callerId, string batchId, int index, CancellationToken cancellationToken) =>
        (await ReadChunkAsync(callerId, batchId, ChunkOf(index, out var place), cancellationToken)).ElementAtOrDefault(place);

    /// <summary>In which chunk a request is.</summary>
    /// <param name="place">Its place in there.</param>
    internal static int ChunkOf(int index, out int place)
    {
        place = index % ChunkSize;
        return index / ChunkSize;
    }

    /// <summary>What the requests of a chunk ask for: null for one that was deleted, and none when all are gone.</summary>
    internal async Task<IReadOnlyList<RequestContent?>> ReadChunkAsync(string callerId, string batchId, int chunk, CancellationToken cancellationToken) =>
        (await records.ReadAsync<BatchChunk>(NameOf(callerId, batchId, chunk), cancellationToken))?.Value.Requests ?? [];

    /// <summary>Removes what one request asks for. Repeating it changes nothing.</summary>
    public async Task BlankAsync(string callerId, string batchId, int index, CancellationToken cancellationToken)
    {
        var name = NameOf(callerId, batchId, ChunkOf(index, out var place));

        // Each round but the last means that somebody else has written it since it was looked at.
        while (await records.ReadAsync<BatchChunk>(name, cancellationToken) is { Value.Requests: var all, ETag: var version } && all.ElementAtOrDefault(place) is not null)
        {
            RequestContent?[] left = [.. all];
            left[place] = null;
            if (await records.ReplaceAsync(name, new BatchChunk(left), version, cancellationToken) is not null) return;
        }
    }

    /// <summary>What all the requests of a batch ask for, in their order; null for what is gone.</summary>
    public async Task<IReadOnlyList<RequestContent?>> ReadAllAsync(string callerId, string batchId, int count, CancellationToken cancellationToken)
    {
        var all = new RequestContent?[count];
        var chunks = Enumerable.Range(0, (count + ChunkSize - 1) / ChunkSize);
        await Parallel.ForEachAsync(chunks, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken }, async (chunk, token) =>
        {
            if (await records.ReadAsync<BatchChunk>(NameOf(callerId, batchId, chunk), token) is not { Value.Requests: var requests }) return;
            for (var i = 0; i < requests.Count; i++) all[(chunk * ChunkSize) + i] = requests[i];
        });
        return all;
    }

    /// <summary>What was cancelled; null for nothing.</summary>
    public async Task<BatchCancellation?> ReadCancellationAsync(string callerId, string batchId, CancellationToken cancellationToken) =>
        (await records.ReadAsync<BatchCancellation>(NameOf(callerId, batchId), cancellationToken))?.Value;

    /// <summary>Cancels a batch, or one of its requests. Repeating it changes nothing.</summary>
    /// <param name="index">Null for the whole batch.</param>
    public async Task CancelAsync(string callerId, string batchId, int? index, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = NameOf(callerId, batchId);

        // Each round but the last means that somebody else has written it since it was looked at.
        while (true)
        {
            var found = await records.ReadAsync<BatchCancellation>(name, cancellationToken);
            var before = found?.Value ?? new BatchCancellation(null, []);
            if (index is { } known ? before.Items.Contains(known) : before.AllAt is not null) return;

            var after = index is { } item
                ? before with { Items = [.. before.Items, item], ItemsAt = [.. before.ItemsAt ?? [], now] }
                : before with { AllAt = now };
            var written = found is null
                ? await records.CreateAsync(name, after, cancellationToken)
                : await records.ReplaceAsync(name, after, found.ETag, cancellationToken);
            if (written is not null) return;
        }
    }

    /// <summary>The batch's instance, by the name of one of its records; null for any other name.</summary>
    public static string? InstanceOf(string name) => name.Split('/') is [_, var callerId, var batchId, _] ? BatchIds.Instance(callerId, batchId) : null;

    private static string NameOf(string callerId, string batchId) => $"batches/{callerId}/{batchId}/canceled.json";

    private static string NameOf(string callerId, string batchId, int chunk) =>
        string.Create(CultureInfo.InvariantCulture, $"batches/{callerId}/{batchId}/{chunk:D3}.json");
}

/// <summary>Some of the requests of a batch; null in it for one that was deleted.</summary>
public sealed record BatchChunk(IReadOnlyList<RequestContent?> Requests);

/// <summary>What of a batch is cancelled: nothing of it is begun any more.</summary>
/// <param name="AllAt">When all of it was; null when it was not.</param>
/// <param name="Items">The requests that were cancelled one by one before they were begun.</param>
/// <param name="ItemsAt">When each of them was.</param>
public sealed record BatchCancellation(DateTimeOffset? AllAt, IReadOnlyList<int> Items, IReadOnlyList<DateTimeOffset>? ItemsAt = null)
{
    /// <summary>When a request was cancelled alone; null when it was not.</summary>
    public DateTimeOffset? TimeOf(int index)
    {
        var place = Items.ToList().IndexOf(index);
        return place >= 0 && place < ItemsAt?.Count ? ItemsAt[place] : null;
    }
}

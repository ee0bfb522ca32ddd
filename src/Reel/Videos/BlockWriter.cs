using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Reel.Videos;

/// <summary>
/// Writes a blob in blocks of 4 MiB with at most two on their way while the third fills: 12 MiB for a video of any length. Nothing is seen of the
/// blob until it is committed; blocks that never are, the store drops by itself.
/// </summary>
internal sealed class BlockWriter(BlockBlobClient blob, CancellationToken cancellationToken) : IAsyncDisposable
{
    public const int BlockSize = 4 << 20;

    private const int MaxInFlight = 2;

    // Two runs for one blob stage side by side: ids of their own keep them apart, and all ids of a blob must have one length.
    private readonly byte[] run = RandomNumberGenerator.GetBytes(16);
    private readonly List<string> ids = [];
    private readonly Queue<Task> inFlight = new();
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private byte[]? buffer;
    private int filled;

    /// <summary>The bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>The block being filled, as far as it is; after the first block is away, the next ones.</summary>
    public ReadOnlySpan<byte> Pending => buffer.AsSpan(0, filled);

    /// <summary>Room for more; never empty.</summary>
    public Memory<byte> Room => (buffer ??= ArrayPool<byte>.Shared.Rent(BlockSize)).AsMemory(filled, BlockSize - filled);

    /// <summary>True when <see cref="Room"/> was filled up and <see cref="FlushAsync"/> must follow.</summary>
    public bool IsFull => filled == BlockSize;

    /// <summary>Takes what was put into <see cref="Room"/>.</summary>
    public void Advance(int count)
    {
        hash.AppendData(buffer!, filled, count);
        filled += count;
        Length += count;
    }

    /// <summary>Sends the block on its way; waits only when two others still are.</summary>
    public async Task FlushAsync()
    {
        if (filled == 0) return;
        if (inFlight.Count == MaxInFlight) await inFlight.Dequeue();
        Span<byte> id = stackalloc byte[20];
        run.CopyTo(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], ids.Count);
        ids.Add(Convert.ToBase64String(id));
        inFlight.Enqueue(StageAsync(ids[^1], buffer!, filled));
        (buffer, filled) = (null, 0);
    }

    /// <summary>Waits for the blocks and gives the SHA-256 of all bytes, in lower-case hex.</summary>
    public async Task<string> FinishAsync()
    {
        await FlushAsync();
        while (inFlight.TryDequeue(out var staging)) await staging;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Makes the blob of the blocks, all at once.</summary>
    public Task CommitAsync(CommitBlockListOptions options) => blob.CommitBlockListAsync(ids, options, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        foreach (var staging in inFlight) await staging.ContinueWith(_ => { }, TaskScheduler.Default);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        hash.Dispose();
        stop.Dispose();
    }

    private async Task StageAsync(string id, byte[] block, int count)
    {
        // The store checks the MD5 on arrival, so a block that was damaged on its way is refused and sent again.
        var options = new BlockBlobStageBlockOptions { TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 } };
        using var content = new MemoryStream(block, 0, count, writable: false);
        await blob.StageBlockAsync(id, content, options, stop.Token);
        // Not when it failed: a request being torn down may still read from the buffer.
        ArrayPool<byte>.Shared.Return(block);
    }
}

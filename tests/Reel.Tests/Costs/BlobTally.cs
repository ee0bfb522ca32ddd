using Azure.Core;
using Azure.Core.Pipeline;

namespace Reel.Tests.Costs;

/// <summary>Requests to blob storage, by what they are billed as.</summary>
/// <param name="Writes">Put Blob, Put Block, Put Block List, lists.</param>
/// <param name="Reads">Get Blob, Get Blob Properties, found or not.</param>
/// <param name="Deletes">Free of charge.</param>
/// <param name="RecordBytes">Bodies sent and received for records, but for those of render times.</param>
/// <param name="VideoBytes">Bodies sent for videos.</param>
internal sealed record BlobCost(int Writes, int Reads, int Deletes, long RecordBytes, long VideoBytes)
{
    public static BlobCost operator +(BlobCost a, BlobCost b) =>
        new(a.Writes + b.Writes, a.Reads + b.Reads, a.Deletes + b.Deletes, a.RecordBytes + b.RecordBytes, a.VideoBytes + b.VideoBytes);

    public static BlobCost operator *(int times, BlobCost a) =>
        new(times * a.Writes, times * a.Reads, times * a.Deletes, times * a.RecordBytes, times * a.VideoBytes);

    public static BlobCost operator -(BlobCost a, BlobCost b) => a + (-1 * b);
}

/// <summary>Counts what a storage client is asked for. A repetition after trouble is not counted: it is no cost of the request's.</summary>
internal sealed class BlobTally(string recordContainer) : HttpPipelinePolicy
{
    private readonly Lock gate = new();
    private BlobCost total = new(0, 0, 0, 0, 0);

    /// <summary>What was counted since this was asked for last.</summary>
    public BlobCost Take()
    {
        lock (gate)
        {
            var taken = total;
            total = new BlobCost(0, 0, 0, 0, 0);
            return taken;
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("All calls are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);

        var method = message.Request.Method;
        var isList = message.Request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) && !message.Request.Uri.Query.Contains("comp=blocklist", StringComparison.Ordinal);
        var sent = message.Request.Content?.TryComputeLength(out var length) == true ? length : 0;
        var received = message.Response.IsError ? 0 : message.Response.Headers.ContentLength ?? 0;
        var isRecord = message.Request.Uri.Path.Contains($"/{recordContainer}", StringComparison.Ordinal);

        // What is learned of a render time has more digits here and there.
        var isOfFixedLength = isRecord && !message.Request.Uri.Path.Contains("/render-times/", StringComparison.Ordinal);
        lock (gate)
        {
            total += new BlobCost(
                Writes: method == RequestMethod.Put || isList ? 1 : 0,
                Reads: (method == RequestMethod.Get && !isList) || method == RequestMethod.Head ? 1 : 0,
                Deletes: method == RequestMethod.Delete ? 1 : 0,
                RecordBytes: isOfFixedLength && method != RequestMethod.Head ? sent + (method == RequestMethod.Get ? received : 0) : 0,
                VideoBytes: isRecord ? 0 : sent);
        }
    }
}

using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>The requests of batches, as callers see them: those that are begun from their instances, the others from the batch and its records.</summary>
public sealed class BatchItems(BatchStore batches, BatchRecords records, UsageRecords deleted, RequestFactory requests, IOrchestrationClient client) : IWaitingRequests
{
    // Some 256 requests: a call that finds few that fit asks the engine no oftener.
    private const int MostBlocks = 16;

    /// <summary>A page of a batch's requests in the order of the input; those that are deleted or past their retention are left out.</summary>
    /// <param name="status">Only those; null for all.</param>
    /// <param name="first">The number of the request to begin with, from 0.</param>
    /// <param name="size">1 to 100. A page may hold fewer and still not be the last, when much did not fit.</param>
    /// <returns>With the number of the request to go on with; null on the last page.</returns>
    public async Task<(IReadOnlyList<Generation> Page, int? Next)> ListAsync(
        Batch batch, GenerationStatus? status, int first, int size, CancellationToken cancellationToken)
    {
        var (request, next) = (batch.Request, first);

        // The lanes before the instances: what a lane has left behind by then has one.
        var unbegun = new UnbegunItems(await batches.WaitingAsync(batch, cancellationToken), records, deleted, requests);
        List<Generation> page = [];
        for (var blocks = 0; blocks < MostBlocks && next < request.Count && page.Count < size; blocks++)
        {
            var begun = await ReadBegunAsync(request, next / BatchIds.BlockSize, cancellationToken);
            var end = Math.Min(((next / BatchIds.BlockSize) + 1) * BatchIds.BlockSize, request.Count);
            for (; next < end && page.Count < size; next++)
            {
                if (!begun.TryGetValue(BatchIds.Request(request.BatchId, next), out var found)) found = await unbegun.FindAsync(next, status, cancellationToken);
                if (found is not null && (status is null || found.State.Status == status)) page.Add(found);
            }
        }

        return (page, next < request.Count ? next : null);
    }

    /// <inheritdoc/>
    public async Task<Generation?> FindAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var (batchId, index) = BatchIds.Locate(requestId);
        if (index < 0 || await client.GetAsync(BatchIds.Instance(callerId, batchId), cancellationToken) is not { } instance) return null;

        // One that is deleted has no instance either, and the lane that has begun it may not have gone on yet.
        var batch = BatchStore.ReadOwn(instance);
        if (index >= batch.Request.Count || await deleted.FindAsync(callerId, requestId, cancellationToken) is not null) return null;
        var waiting = await batches.WaitingAsync(batch, cancellationToken);
        return waiting.StateOf(index) is { } state && await records.ReadContentAsync(callerId, batchId, index, cancellationToken) is { } content
            ? UnbegunItems.Describe(waiting, index, state, content, requests)
            : null;
    }

    /// <inheritdoc/>
    public Task CancelAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var (batchId, index) = BatchIds.Locate(requestId);
        return batches.CancelItemAsync(callerId, batchId, index, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var (batchId, index) = BatchIds.Locate(requestId);
        return records.BlankAsync(callerId, batchId, index, cancellationToken);
    }

    private async Task<Dictionary<string, Generation>> ReadBegunAsync(BatchRequest batch, int block, CancellationToken cancellationToken)
    {
        var begun = new Dictionary<string, Generation>(StringComparer.Ordinal);
        var query = new OrchestrationQuery(BatchIds.BlockPrefix(batch.CallerId, batch.BatchId, block));
        await foreach (var instance in batches.InstancesAsync(query, cancellationToken))
        {
            var generation = GenerationStore.Read(instance);
            begun[generation.Request.RequestId] = generation;
        }

        return begun;
    }
}

using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>
/// What of a caller's batches is accepted and not begun: it has no instance, and a limit counts it all the same. A request that its lane is just taking up
/// may be in here and have an instance already; one that is not in here, and was neither cancelled nor forgotten, has one.
/// </summary>
public sealed class UnbegunRequests(BatchStore batches, BatchRecords records, IOrchestrationClient client)
{
    private static readonly RuntimeStatus[] UnderWay = [RuntimeStatus.Pending, RuntimeStatus.Running];

    /// <summary>By batch.</summary>
    /// <param name="createdFrom">Only batches that were started at this time or later; null for all.</param>
    /// <param name="known">The instances of batches that are left out.</param>
    public async Task<IReadOnlyList<UnbegunBatch>> ListAsync(
        string callerId, DateTimeOffset? createdFrom, IReadOnlySet<string> known, CancellationToken cancellationToken)
    {
        List<UnbegunBatch> found = [];
        var query = new OrchestrationQuery(BatchIds.Prefix(callerId), UnderWay, createdFrom);
        await foreach (var instance in batches.InstancesAsync(query, cancellationToken))
        {
            if (known.Contains(instance.InstanceId) || BatchStore.ReadOwn(instance) is not { State.IsFinal: false } batch) continue;
            if (await ReadAsync(batch, cancellationToken) is { Requests.Count: > 0 } unbegun) found.Add(unbegun);
        }

        return found;
    }

    /// <summary>The ids of a batch's requests that are not begun; null when there is no such batch.</summary>
    /// <param name="instanceId">The batch's instance.</param>
    public async Task<IReadOnlySet<string>?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(instanceId, cancellationToken) is not { } instance) return null;
        var batch = BatchStore.ReadOwn(instance);
        var ids = batch.State.IsFinal ? [] : Indexes(await batches.WaitingAsync(batch, cancellationToken)).Select(index => BatchIds.Request(batch.Request.BatchId, index));
        return ids.ToHashSet(StringComparer.Ordinal);
    }

    private async Task<UnbegunBatch> ReadAsync(Batch batch, CancellationToken cancellationToken)
    {
        var (callerId, batchId) = (batch.Request.CallerId, batch.Request.BatchId);
        var indexes = Indexes(await batches.WaitingAsync(batch, cancellationToken)).ToList();
        var contents = indexes.Count == 0 ? [] : await records.ReadAllAsync(callerId, batchId, batch.Request.Count, cancellationToken);
        return new UnbegunBatch(
            BatchIds.Instance(callerId, batchId),
            batch.Request.AcceptedAt,
            [.. indexes.Select(index => new UnbegunRequest(BatchIds.Request(batchId, index), contents[index]?.Model))]);
    }

    private static IEnumerable<int> Indexes(Waiting waiting) =>
        Enumerable.Range(0, waiting.Batch.Request.Count).Where(index => waiting.StateOf(index) is { IsFinal: false });
}

/// <summary>What of a batch is not begun.</summary>
/// <param name="AcceptedAt">When the batch was.</param>
public sealed record UnbegunBatch(string InstanceId, DateTimeOffset AcceptedAt, IReadOnlyList<UnbegunRequest> Requests);

/// <summary>A request of a batch that is not begun.</summary>
/// <param name="Model">Null when its record is gone; it ends as <c>internal</c> then.</param>
public sealed record UnbegunRequest(string RequestId, string? Model);

using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>Batches over the durable engine and the records.</summary>
public sealed partial class BatchStore(
    IOrchestrationClient client, BatchRecords records, UsageRecords deleted, RequestFactory requests, TimeProvider time, ILogger<BatchStore> logger)
    : IWaitingRequests
{
    /// <summary>Starts a batch, whose contents were written before; returns once that is durable. Repeating it changes nothing.</summary>
    public async Task StartAsync(BatchRequest batch, CancellationToken cancellationToken)
    {
        await client.StartAsync(BatchOrchestrations.Batch, BatchIds.Instance(batch.CallerId, batch.BatchId), batch, cancellationToken);
        LogStarted(logger, batch.BatchId, batch.Count, batch.Lanes);
    }

    /// <summary>A caller's batch; null when this caller has none of this id.</summary>
    public async Task<Batch?> FindAsync(string callerId, string batchId, CancellationToken cancellationToken)
    {
        if (!BatchIds.IsValid(batchId)) return null;
        var instance = await client.GetAsync(BatchIds.Instance(callerId, batchId), cancellationToken);
        return instance is null ? null : await ReadAsync(instance, cancellationToken);
    }

    /// <summary>A page of a caller's batches, newest first.</summary>
    /// <param name="size">1 to 100.</param>
    /// <param name="token">From the page before.</param>
    /// <exception cref="ArgumentException">The token is none.</exception>
    public async Task<(IReadOnlyList<Batch> Batches, string? Token)> ListAsync(
        string callerId, int size, string? token, CancellationToken cancellationToken)
    {
        var query = new OrchestrationQuery(BatchIds.Prefix(callerId), PageSize: size, ContinuationToken: token);
        var page = await client.ListAsync(query, cancellationToken);
        return (await Task.WhenAll(page.Instances.Select(instance => ReadAsync(instance, cancellationToken))), page.ContinuationToken);
    }

    /// <summary>
    /// Begins nothing more of a batch and cancels what is under way; one that has finished stays what it is. Null when this caller has none of this id.
    /// </summary>
    public async Task<Batch?> CancelAsync(string callerId, string batchId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(callerId, batchId, cancellationToken);
        if (found is null || found.State.IsOver) return found;
        await CancelAsync(callerId, batchId, index: null, cancellationToken);
        return await FindAsync(callerId, batchId, cancellationToken);
    }

    /// <summary>Some requests of a batch, in the order of the input; those that are past their retention are left out.</summary>
    /// <param name="block">From 0; there are <see cref="BatchIds.BlockSize"/> in each.</param>
    public async Task<IReadOnlyList<Generation>> ReadBlockAsync(Batch batch, int block, CancellationToken cancellationToken)
    {
        var (callerId, batchId) = (batch.Request.CallerId, batch.Request.BatchId);
        var first = block * BatchIds.BlockSize;
        var begun = new Dictionary<string, Generation>(StringComparer.Ordinal);
        await foreach (var instance in InstancesAsync(BatchIds.BlockPrefix(callerId, batchId, block), cancellationToken))
            begun[instance.InstanceId] = GenerationStore.Read(instance);

        List<Generation> found = [];
        Waiting? waiting = null;
        for (var index = first; index < Math.Min(first + BatchIds.BlockSize, batch.Request.Count); index++)
        {
            if (begun.TryGetValue(InstanceIds.Of(callerId, BatchIds.Request(batchId, index)), out var known)) found.Add(known);
            else if (await DescribeAsync(waiting ??= await WaitingAsync(batch, cancellationToken), index, cancellationToken) is { } not) found.Add(not);
        }

        return found;
    }

    /// <inheritdoc/>
    async Task<Generation?> IWaitingRequests.FindAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var (batchId, index) = BatchIds.Locate(requestId);
        if (index < 0 || await client.GetAsync(BatchIds.Instance(callerId, batchId), cancellationToken) is not { } instance) return null;

        // One that is deleted has no instance either, and the lane that has begun it may not have gone on yet.
        var batch = ReadOwn(instance);
        if (index >= batch.Request.Count || await deleted.FindAsync(callerId, requestId, cancellationToken) is not null) return null;
        return await DescribeAsync(await WaitingAsync(batch, cancellationToken), index, cancellationToken);
    }

    /// <inheritdoc/>
    Task IWaitingRequests.CancelAsync(string callerId, string requestId, CancellationToken cancellationToken)
    {
        var (batchId, index) = BatchIds.Locate(requestId);
        return CancelAsync(callerId, batchId, index, cancellationToken);
    }

    // The record first: a lane that is not there to hear the event, or just about to begin, will look at it.
    private async Task CancelAsync(string callerId, string batchId, int? index, CancellationToken cancellationToken)
    {
        await records.CancelAsync(callerId, batchId, index, time.GetUtcNow(), cancellationToken);
        await foreach (var lane in InstancesAsync(BatchIds.LanePrefix(callerId, batchId), cancellationToken))
        {
            if (lane.Status is RuntimeStatus.Pending or RuntimeStatus.Running)
                await client.RaiseEventAsync(lane.InstanceId, BatchOrchestrations.CancelEvent, new BatchCancel(index), cancellationToken);
        }

        LogCancelled(logger, batchId, index);
    }

    /// <summary>What the lanes and the records say about requests that have no instance.</summary>
    internal async Task<Waiting> WaitingAsync(Batch batch, CancellationToken cancellationToken) => new(
        batch,
        await ReadLanesAsync(batch.Request, cancellationToken),
        await records.ReadCancellationAsync(batch.Request.CallerId, batch.Request.BatchId, cancellationToken));

    /// <summary>A request that has no instance: one that is not begun yet, or never will be. Null for one that was begun and is forgotten.</summary>
    private async Task<Generation?> DescribeAsync(Waiting waiting, int index, CancellationToken cancellationToken)
    {
        if (waiting.StateOf(index) is not { } state) return null;

        var batch = waiting.Batch.Request;
        var id = BatchIds.Request(batch.BatchId, index);
        if (state.IsFinal && await deleted.FindAsync(batch.CallerId, id, cancellationToken) is not null) return null;
        if (await records.ReadContentAsync(batch.CallerId, batch.BatchId, index, cancellationToken) is not { } content) return null;
        return new Generation(requests.Create(id, batch.CallerId, content, batch.AcceptedAt, batch.BaseUrl, batch.BatchId), state);
    }

    private async Task<Batch> ReadAsync(OrchestrationInstance instance, CancellationToken cancellationToken)
    {
        var batch = ReadOwn(instance);
        if (batch.State.IsOver) return batch;

        var lanes = await ReadLanesAsync(batch.Request, cancellationToken);
        var tally = lanes.Values.Aggregate(new BatchTally(), (sum, lane) => sum.Add(lane.Tally));
        var inFlight = lanes.Values.Count(lane => lane.IsBusy);
        if (batch.State.IsFinal) return batch with { State = batch.State with { Tally = tally, InFlight = inFlight } };

        var cancellation = await records.ReadCancellationAsync(batch.Request.CallerId, batch.Request.BatchId, cancellationToken);
        var status = inFlight + tally.Ended > 0 ? BatchStatus.Processing : BatchStatus.Queued;
        return batch with { State = new BatchState(status, tally, inFlight, CancelRequestedAt: cancellation?.AllAt) };
    }

    /// <summary>What the batch's own instance says.</summary>
    internal static Batch ReadOwn(OrchestrationInstance instance)
    {
        var request = OrchestrationJson.Read<BatchRequest>(instance.Input)
            ?? throw new InvalidOperationException($"Instance {instance.InstanceId} has no input.");
        var state = OrchestrationJson.Read<BatchState>(instance.CustomStatus) ?? new BatchState(BatchStatus.Queued, new BatchTally());
        return new Batch(request, !state.IsFinal && instance.Status is RuntimeStatus.Failed or RuntimeStatus.Terminated
            ? state with { Status = BatchStatus.Failed, FinishedAt = instance.UpdatedAt }
            : state);
    }

    /// <summary>The lanes that have said something, by number; of one that was begun again, the latest.</summary>
    private async Task<Dictionary<int, BatchLaneState>> ReadLanesAsync(BatchRequest batch, CancellationToken cancellationToken)
    {
        var lanes = new Dictionary<int, BatchLaneState>();
        await foreach (var instance in InstancesAsync(BatchIds.LanePrefix(batch.CallerId, batch.BatchId), cancellationToken))
        {
            if (OrchestrationJson.Read<BatchLaneState>(instance.CustomStatus) is { } state) lanes[BatchIds.LaneIn(instance.InstanceId)] = state;
        }

        return lanes;
    }

    private IAsyncEnumerable<OrchestrationInstance> InstancesAsync(string prefix, CancellationToken cancellationToken) =>
        InstancesAsync(new OrchestrationQuery(prefix), cancellationToken);

    /// <summary>All that a query finds.</summary>
    internal async IAsyncEnumerable<OrchestrationInstance> InstancesAsync(
        OrchestrationQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            var page = await client.ListAsync(query, cancellationToken);
            foreach (var instance in page.Instances) yield return instance;
            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchId} of {Count} requests was started with {Lanes} lanes.")]
    private static partial void LogStarted(ILogger logger, string batchId, int count, int lanes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchId} was cancelled; index of the request, if only one: {Index}.")]
    private static partial void LogCancelled(ILogger logger, string batchId, int? index);
}

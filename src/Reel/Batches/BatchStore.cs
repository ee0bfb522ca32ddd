using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>Batches over the durable engine and the records.</summary>
public sealed partial class BatchStore(IOrchestrationClient client, BatchRecords records, TimeProvider time, ILogger<BatchStore> logger)
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

        // A token is the caller's to make up, and what an engine makes of it is not for an engine alone to watch.
        var own = page.Instances.Where(instance => instance.InstanceId.StartsWith(query.Prefix, StringComparison.Ordinal));
        return (await Task.WhenAll(own.Select(instance => ReadAsync(instance, cancellationToken))), page.ContinuationToken);
    }

    /// <summary>
    /// Begins nothing more of a batch and cancels what is under way; one that has finished stays what it is. Null when this caller has none of this id.
    /// </summary>
    public async Task<Batch?> CancelAsync(string callerId, string batchId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(callerId, batchId, cancellationToken);
        if (found is null || found.State.IsOver) return found;
        await CancelAsync(found.Request, index: null, cancellationToken);
        return await FindAsync(callerId, batchId, cancellationToken);
    }

    /// <summary>Does not begin one request of a batch or, if that has just happened, tells it to end.</summary>
    public async Task CancelItemAsync(string callerId, string batchId, int index, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(BatchIds.Instance(callerId, batchId), cancellationToken) is { } instance)
            await CancelAsync(ReadOwn(instance).Request, index, cancellationToken);
    }

    // The record first: a lane that is not there to hear the event, or just about to begin, will look at it.
    private async Task CancelAsync(BatchRequest batch, int? index, CancellationToken cancellationToken)
    {
        await records.CancelAsync(batch.CallerId, batch.BatchId, index, time.GetUtcNow(), cancellationToken);
        var lanes = index is { } one
            ? BatchIds.LanePrefix(batch.CallerId, batch.BatchId, one % batch.Lanes)
            : BatchIds.LanePrefix(batch.CallerId, batch.BatchId);
        await foreach (var lane in InstancesAsync(new OrchestrationQuery(lanes), cancellationToken))
        {
            if (lane.Status is RuntimeStatus.Pending or RuntimeStatus.Running)
                await client.RaiseEventAsync(lane.InstanceId, BatchOrchestrations.CancelEvent, new BatchCancel(index), cancellationToken);
        }

        LogCancelled(logger, batch.BatchId, index);
    }

    /// <summary>What the lanes and the records say about requests that have no instance.</summary>
    internal async Task<Waiting> WaitingAsync(Batch batch, CancellationToken cancellationToken) => new(
        batch,
        await ReadLanesAsync(batch.Request, cancellationToken),
        await records.ReadCancellationAsync(batch.Request.CallerId, batch.Request.BatchId, cancellationToken));

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
        await foreach (var instance in InstancesAsync(new OrchestrationQuery(BatchIds.LanePrefix(batch.CallerId, batch.BatchId)), cancellationToken))
        {
            if (OrchestrationJson.Read<BatchLaneState>(instance.CustomStatus) is { } state) lanes[BatchIds.LaneIn(instance.InstanceId)] = state;
        }

        return lanes;
    }

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

using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.Batches;
using Reel.Functions.Durable;

namespace Reel.Functions;

/// <summary>The functions of a batch; what they do is in Reel.</summary>
public sealed class BatchFunctions(BoundDurableClient bound, LookAtBatchItemActivity look, CancelBatchItemActivity cancel)
{
    [Function("Batch")]
    public static Task<BatchState> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<BatchRequest, BatchState>(BatchOrchestrator.RunAsync);

    [Function("BatchLane")]
    public static Task<BatchLaneEnd> RunLaneAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.RunAsync<BatchLane, BatchLaneEnd>(BatchLaneOrchestrator.RunAsync);

    [Function("LookAtBatchItem")]
    public Task<BatchItemStand> LookAsync(
        [ActivityTrigger] BatchItemInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        bound.Client = client;
        return look.RunAsync(input, cancellationToken);
    }

    [Function("CancelBatchItem")]
    public Task<bool> CancelAsync(
        [ActivityTrigger] CancelItemInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        bound.Client = client;
        return cancel.RunAsync(input, cancellationToken);
    }
}

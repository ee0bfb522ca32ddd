using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Batches;

/// <summary>A batch: runs its lanes side by side, adds up how their requests ended, tells the webhook. Partial failure is a result.</summary>
public static partial class BatchOrchestrator
{
    private const int MostRestarts = 5;
    private static readonly TimeSpan FirstRestart = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRestart = TimeSpan.FromMinutes(10);

    /// <summary>Runs a batch to its end; the result is final.</summary>
    public static async Task<BatchState> RunAsync(IOrchestrationContext context, BatchRequest batch)
    {
        var log = context.CreateReplaySafeLogger("Reel.Batches");
        var ends = await Task.WhenAll(Enumerable.Range(0, batch.Lanes).Select(lane => RunLaneAsync(context, batch, lane, log)).ToList());

        var tally = ends.Aggregate(new BatchTally(), (sum, end) => sum.Add(end.Tally));
        var state = new BatchState(ends.Any(end => end.IsCanceled) ? BatchStatus.Canceled : BatchStatus.Completed, tally, FinishedAt: context.UtcNow);
        context.SetCustomStatus(state);
        LogFinished(log, batch.BatchId, state.Status, tally.Completed, tally.Failed);

        await NotifyAsync(context, batch, state, log);
        return state;
    }

    /// <summary>
    /// A lane fails only when something ends it from outside: somebody's hand, or code that no longer fits its history. It is then begun again, under
    /// another id, and finds for each request whether that was begun.
    /// </summary>
    private static async Task<BatchLaneEnd> RunLaneAsync(IOrchestrationContext context, BatchRequest batch, int lane, ILogger log)
    {
        var first = BatchLane.First(batch, lane);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await context.CallAsync(BatchOrchestrations.Lane, BatchIds.Lane(batch.CallerId, batch.BatchId, lane, attempt), first);
            }
            catch (TaskFailedException exception)
            {
                LogLaneFailed(log, batch.BatchId, lane, attempt, exception.Reason);
                if (attempt == MostRestarts) return new BatchLaneEnd(first.Tally.Add(ErrorCodes.Internal, first.Left), IsCanceled: false);
            }

            await context.CreateTimer(context.UtcNow + Backoff.After(batch.BatchId, attempt + 1, FirstRestart, LastRestart));
        }
    }

    private static async Task NotifyAsync(IOrchestrationContext context, BatchRequest batch, BatchState state, ILogger log)
    {
        if (batch.WebhookUrl is null || batch.WebhookEvents?.Contains(WebhookTypes.BatchCompleted) == false) return;
        var webhook = new WebhookEvent(
            WebhookEvent.IdFor(batch.BatchId, WebhookTypes.BatchCompleted),
            WebhookTypes.BatchCompleted,
            state.FinishedAt!.Value,
            batch.WebhookUrl,
            OrchestrationJson.Write(new Batch(batch, state)),
            batch.WebhookSchedule,
            batch.CallerId,
            batch.WebhookOwnSecret);
        var delivery = InstanceIds.OfDelivery(batch.CallerId, batch.BatchId, webhook.Type);
        try
        {
            await context.CallAsync(WebhookDelivery.Name, delivery, webhook);
        }
        catch (TaskFailedException exception)
        {
            LogDeliveryFailed(log, batch.BatchId, exception.Reason);
            await WebhookDelivery.SettleAsync(context, log, delivery, webhook, DeliveryEnd.Broken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchId} ended {Status}: {Completed} completed, {Failed} failed.")]
    private static partial void LogFinished(ILogger logger, string batchId, BatchStatus status, int completed, int failed);

    [LoggerMessage(Level = LogLevel.Error, Message = "Lane {Lane} of batch {BatchId} broke off, attempt {Attempt}: {Reason}")]
    private static partial void LogLaneFailed(ILogger logger, string batchId, int lane, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The webhook delivery of batch {BatchId} broke off: {Reason}")]
    private static partial void LogDeliveryFailed(ILogger logger, string batchId, string reason);
}

using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Batches;

/// <summary>
/// Looks whether a request of a batch is to be begun and, if so, writes its orchestration's input. For one that was cancelled alone nothing else will run, so
/// its webhook's delivery is started from here. Safe to repeat: a delivery has an id that is never run again.
/// </summary>
public sealed partial class LookAtBatchItemActivity(
    GenerationStore generations,
    UsageRecords deleted,
    BatchRecords records,
    RequestFactory requests,
    IOrchestrationClient client,
    TimeProvider time,
    ILogger<LookAtBatchItemActivity> logger)
    : IActivity<BatchItemInput, BatchItemStand>
{
    /// <inheritdoc/>
    public async Task<BatchItemStand> RunAsync(BatchItemInput input, CancellationToken cancellationToken)
    {
        var id = BatchIds.Request(input.BatchId, input.Index);
        if (await generations.FindStartedAsync(input.CallerId, id, cancellationToken) is { } found)
        {
            return found.State.IsFinal
                ? new BatchItemStand(BatchItemKind.Ended, End: BatchItemEnd.Of(found.State))
                : new BatchItemStand(BatchItemKind.UnderWay);
        }

        // Over, and deleted before the lane saw its end: to begin it again would bring it back.
        if (await deleted.FindAsync(input.CallerId, id, cancellationToken) is { } usage) return new BatchItemStand(BatchItemKind.Ended, End: BatchItemEnd.Of(usage));

        if (await records.ReadCancellationAsync(input.CallerId, input.BatchId, cancellationToken) is { } cancellation)
        {
            if (cancellation.AllAt is not null) return new BatchItemStand(BatchItemKind.BatchCanceled);
            if (cancellation.Items.Contains(input.Index))
            {
                await TellAsync(input, cancellation.TimeOf(input.Index), cancellationToken);
                return new BatchItemStand(BatchItemKind.Canceled);
            }
        }

        if (await CreateAsync(input, cancellationToken) is { } request) return new BatchItemStand(BatchItemKind.ToBegin, request);
        LogRecordGone(logger, id, input.BatchId);
        return new BatchItemStand(BatchItemKind.Ended, End: new BatchItemEnd(ErrorCodes.Internal));
    }

    /// <summary>Null when what it asks for is gone.</summary>
    private async Task<GenerationRequest?> CreateAsync(BatchItemInput input, CancellationToken cancellationToken) =>
        await records.ReadContentAsync(input.CallerId, input.BatchId, input.Index, cancellationToken) is { } content
            ? requests.Create(BatchIds.Request(input.BatchId, input.Index), input.CallerId, content, time.GetUtcNow(), input.BaseUrl, input.BatchId)
            : null;

    private async Task TellAsync(BatchItemInput input, DateTimeOffset? canceledAt, CancellationToken cancellationToken)
    {
        if (await CreateAsync(input, cancellationToken) is not { } request) return;
        var now = time.GetUtcNow();
        if (VideoEvent.Of(request, Waiting.CanceledAlone(canceledAt ?? now), now) is not { } webhook) return;
        await client.StartAsync(
            WebhookDelivery.Name, InstanceIds.OfDelivery(input.CallerId, request.RequestId, webhook.Type), webhook, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} of batch {BatchId} cannot be begun: its record is gone.")]
    private static partial void LogRecordGone(ILogger logger, string requestId, string batchId);
}

/// <summary>Tells a request of a batch that it is cancelled. Safe to repeat; throws while the request cannot hear it yet.</summary>
public sealed class CancelBatchItemActivity(IOrchestrationClient client) : IActivity<CancelItemInput, bool>
{
    /// <inheritdoc/>
    public async Task<bool> RunAsync(CancelItemInput input, CancellationToken cancellationToken) =>
        await client.RaiseEventAsync(input.InstanceId, Orchestrations.CancelEvent, null, cancellationToken) switch
        {
            EventOutcome.NotFound => throw new InvalidOperationException("The request is not there yet."),
            var outcome => outcome == EventOutcome.Raised,
        };
}

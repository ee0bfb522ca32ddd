using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Batches;

/// <content>What a lane does with one request: looks at it, begins it or waits for it, and hands cancellations on to it.</content>
public sealed partial class BatchLaneOrchestrator
{
    private const int MostTries = 20;

    // Days, should storage be away for so long.
    private static readonly RetryPolicy Patiently = new(500, TimeSpan.FromSeconds(2), MaxInterval: TimeSpan.FromMinutes(10));

    // A request that is just being begun cannot hear an event yet.
    private static readonly RetryPolicy UntilItIsThere = new(20, TimeSpan.FromSeconds(1), MaxInterval: TimeSpan.FromMinutes(1));

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostRetry = TimeSpan.FromMinutes(5);

    private async Task<BatchItemStand> LookAsync()
    {
        try
        {
            return await context.CallAsync(
                BatchOrchestrations.LookAtItem, new BatchItemInput(lane.BatchId, lane.CallerId, lane.Next, lane.BaseUrl), Patiently);
        }
        catch (TaskFailedException exception)
        {
            LogGivenUp(log, requestId, lane.BatchId, exception.Reason);
            return new BatchItemStand(BatchItemKind.Ended, End: new BatchItemEnd(ErrorCodes.Internal));
        }
    }

    /// <summary>Null when it could not be brought to its end, and is to be looked at again.</summary>
    private async Task<BatchItemEnd?> BeginAsync(GenerationRequest request)
    {
        isBusy = true;
        Show();
        try
        {
            return BatchItemEnd.Of(await ListeningAsync(
                context.CallAsync(Orchestrations.Generate, InstanceIds.Of(lane.CallerId, requestId), request)));
        }
        catch (TaskFailedException exception)
        {
            LogBrokeOff(log, requestId, lane.BatchId, exception.Reason);
        }
        finally
        {
            isBusy = false;
        }

        if (lane.Tries == MostTries) return new BatchItemEnd(ErrorCodes.Internal);
        await context.CreateTimer(NextTry());
        return null;
    }

    private async Task<BatchItemEnd?> WaitAsync()
    {
        isBusy = true;
        Show();
        if (lane.IsCanceled) await CancelItemAsync();
        await ListeningAsync(PauseAsync());
        isBusy = false;
        return null;
    }

    private async Task<bool> PauseAsync()
    {
        await context.CreateTimer(NextTry());
        return true;
    }

    private DateTimeOffset NextTry() => context.UtcNow + Backoff.After(requestId, lane.Tries + 1, FirstRetry, MostRetry);

    /// <summary>Awaits what is under way, and hands cancellations on to it meanwhile.</summary>
    private async Task<T> ListeningAsync<T>(Task<T> work)
    {
        while (await Task.WhenAny(work, heard) != work) await HearAsync();
        return await work;
    }

    private async Task HearAsync()
    {
        var cancel = await heard;
        heard = context.WaitForEvent<BatchCancel>(BatchOrchestrations.CancelEvent);
        if (cancel.Index is null) lane = lane with { IsCanceled = true };
        if (isBusy && (cancel.Index ?? lane.Next) == lane.Next) await CancelItemAsync();
    }

    private async Task CancelItemAsync()
    {
        try
        {
            await context.CallAsync(
                BatchOrchestrations.CancelItem, new CancelItemInput(InstanceIds.Of(lane.CallerId, requestId)), UntilItIsThere);
        }
        catch (TaskFailedException exception)
        {
            LogNotCancelled(log, requestId, lane.BatchId, exception.Reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} of batch {BatchId} was never begun: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string requestId, string batchId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} of batch {BatchId} broke off, and is looked at again: {Reason}")]
    private static partial void LogBrokeOff(ILogger logger, string requestId, string batchId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} of batch {BatchId} could not be told that it is cancelled: {Reason}")]
    private static partial void LogNotCancelled(ILogger logger, string requestId, string batchId, string reason);
}

using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>
/// One request of a lane, and then the next one as a new execution, so that the history stays short. A request is a sub-orchestration under the id of
/// any request, and so it can be asked about and cancelled like any other.
/// </summary>
/// <remarks>
/// <para>
/// A request is looked at before it is begun: one that has an instance already, because the lane was begun again, is waited for instead. The embedded
/// engine refuses a sub-orchestration whose id is in use, and the lane looks again. Azure Storage does not: a lane that a crash makes send its messages
/// twice can make a request's orchestration begin anew under the same id. Its submission record then gives it the provider's first answer instead of a
/// second POST, and its webhook's delivery is started under an id that is never run again.
/// </para>
/// <para>
/// A cancellation is a record first, which every look reads, and then an event: for what was begun before the record was there.
/// </para>
/// </remarks>
public sealed partial class BatchLaneOrchestrator
{
    private const int MostTries = 20;

    // Days, should storage be away for so long.
    private static readonly RetryPolicy Patiently = new(500, TimeSpan.FromSeconds(2), MaxInterval: TimeSpan.FromMinutes(10));

    // A request that is just being begun cannot hear an event yet.
    private static readonly RetryPolicy UntilItIsThere = new(20, TimeSpan.FromSeconds(1), MaxInterval: TimeSpan.FromMinutes(1));

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostRetry = TimeSpan.FromMinutes(5);

    private readonly IOrchestrationContext context;
    private readonly ILogger log;
    private readonly string requestId;
    private BatchLane lane;
    private Task<BatchCancel> heard;
    private bool isBusy;

    private BatchLaneOrchestrator(IOrchestrationContext context, BatchLane lane)
    {
        this.context = context;
        this.lane = lane;
        log = context.CreateReplaySafeLogger("Reel.Batches");
        requestId = BatchIds.Request(lane.BatchId, lane.Next);
        heard = context.WaitForEvent<BatchCancel>(BatchOrchestrations.CancelEvent);
    }

    /// <summary>Runs a lane to its end; the result says how its requests ended.</summary>
    public static Task<BatchLaneEnd> RunAsync(IOrchestrationContext context, BatchLane lane) => new BatchLaneOrchestrator(context, lane).RunAsync();

    private async Task<BatchLaneEnd> RunAsync()
    {
        Show();
        var stand = await LookAsync();
        while (heard.IsCompleted) await HearAsync();
        if (stand.Kind == BatchItemKind.BatchCanceled || (lane.IsCanceled && stand.Kind == BatchItemKind.ToBegin))
        {
            lane = lane with { IsCanceled = true };
            return End();
        }

        var end = stand.Kind switch
        {
            BatchItemKind.ToBegin => await BeginAsync(stand.Request!),
            BatchItemKind.UnderWay => await WaitAsync(),
            BatchItemKind.Canceled => new BatchItemEnd(ErrorCodes.Canceled),
            _ => stand.End!,
        };
        while (heard.IsCompleted) await HearAsync();
        lane = end is null
            ? lane with { Tries = lane.Tries + 1 }
            : lane with { Next = lane.Next + lane.Lanes, Tally = lane.Tally.Add(end), Tries = 0 };
        if (lane.Left == 0 || (lane.IsCanceled && end is not null)) return End();

        Show();
        context.ContinueAsNew(lane);
        return new BatchLaneEnd(lane.Tally, lane.IsCanceled);
    }

    /// <summary>What is left now is not begun any more.</summary>
    private BatchLaneEnd End()
    {
        lane = lane with { Tally = lane.Tally.Add(ErrorCodes.Canceled, lane.Left) };
        Show();
        return new BatchLaneEnd(lane.Tally, lane.IsCanceled);
    }

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

    private void Show() => context.SetCustomStatus(new BatchLaneState(lane.Next, isBusy, lane.Tally));

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} of batch {BatchId} was never begun: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string requestId, string batchId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} of batch {BatchId} broke off, and is looked at again: {Reason}")]
    private static partial void LogBrokeOff(ILogger logger, string requestId, string batchId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} of batch {BatchId} could not be told that it is cancelled: {Reason}")]
    private static partial void LogNotCancelled(ILogger logger, string requestId, string batchId, string reason);
}

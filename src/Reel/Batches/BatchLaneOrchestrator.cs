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

    private void Show() => context.SetCustomStatus(new BatchLaneState(lane.Next, isBusy, lane.Tally));
}

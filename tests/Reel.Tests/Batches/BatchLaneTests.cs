using Reel.Batches;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Tests.Orchestration;

namespace Reel.Tests.Batches;

public sealed class BatchLaneTests : BatchScript
{
    private static readonly TimeSpan RenderTime = TimeSpan.FromSeconds(60);

    [Fact]
    public void Every_so_manieth_request_is_run_one_after_another()
    {
        var (end, contexts) = RunAll(
            context => context.On(BatchOrchestrations.LookAtItem, ToBegin).On(Orchestrations.Generate, _ => Done));

        Assert.Equal(
            new[] { 1, 3 }.Select(index => InstanceIds.Of("desk", BatchIds.Request(Batch.BatchId, index))),
            contexts.SelectMany(context => context.Calls).Where(IsBegin).Select(call => call.InstanceId));
        Assert.Equal((2, 0, 1.0m, false), (end.Tally.Completed, end.Tally.Failed, end.Tally.Cost, end.IsCanceled));
        Assert.Equal(2, contexts.Count); // one execution each
    }

    [Fact]
    public void Failures_are_counted_by_their_code_and_the_lane_goes_on()
    {
        var states = new Queue<GenerationState>([Failed(ErrorCodes.ProviderFailed), Failed(ErrorCodes.ProviderFailed), Done]);

        var (end, _) = RunAll(context => context.On(BatchOrchestrations.LookAtItem, ToBegin).On(Orchestrations.Generate, _ => states.Dequeue()), lane: 0);

        Assert.Equal((1, 2), (end.Tally.Completed, end.Tally.Errors![ErrorCodes.ProviderFailed]));
        Assert.Equal(0.5m, end.Tally.Cost);
    }

    [Fact]
    public void What_is_over_already_is_counted_and_not_begun_again()
    {
        var (end, contexts) = RunAll(context => context.On(
            BatchOrchestrations.LookAtItem, _ => new BatchItemStand(BatchItemKind.Ended, End: new BatchItemEnd(Cost: 0.5m))));

        Assert.Equal((2, 1.0m), (end.Tally.Completed, end.Tally.Cost));
        Assert.DoesNotContain(contexts.SelectMany(context => context.Calls), IsBegin);
    }

    [Fact]
    public void What_an_earlier_run_of_the_lane_began_is_waited_for()
    {
        var looks = new Queue<BatchItemStand>(
        [
            new(BatchItemKind.UnderWay), new(BatchItemKind.UnderWay), new(BatchItemKind.Ended, End: new BatchItemEnd()),
            new(BatchItemKind.Ended, End: new BatchItemEnd(ErrorCodes.Expired)),
        ]);

        var (end, contexts) = RunAll(context => context.On(BatchOrchestrations.LookAtItem, _ => looks.Dequeue()));

        Assert.Equal((1, 1), (end.Tally.Completed, end.Tally.Errors![ErrorCodes.Expired]));
        Assert.Equal(4, contexts.Count); // the history does not grow while it waits
        Assert.All(contexts.Take(2), context => Assert.True(Assert.Single(context.Timers).FireAt >= Noon.AddSeconds(5)));
        Assert.True(OrchestrationJson.Read<BatchLaneState>(contexts[0].Statuses[1])!.IsBusy);
    }

    [Fact]
    public void One_that_breaks_off_is_looked_at_again()
    {
        var looks = new Queue<BatchItemStand>(
        [
            new(BatchItemKind.ToBegin, Request(1)), new(BatchItemKind.Ended, End: new BatchItemEnd(ErrorCodes.Internal)),
            new(BatchItemKind.Ended, End: new BatchItemEnd()),
        ]);

        var (end, _) = RunAll(context => context
            .On(BatchOrchestrations.LookAtItem, _ => looks.Dequeue())
            .On<GenerationRequest, GenerationState>(Orchestrations.Generate, _ => throw new InvalidOperationException("The instance id is in use.")));

        Assert.Equal((1, 1), (end.Tally.Completed, end.Tally.Errors![ErrorCodes.Internal]));
    }

    [Fact]
    public void One_that_can_never_be_begun_does_not_hold_up_the_lane_for_ever()
    {
        var (end, contexts) = RunAll(context => context
            .On(BatchOrchestrations.LookAtItem, ToBegin)
            .On<GenerationRequest, GenerationState>(Orchestrations.Generate, _ => throw new InvalidOperationException("no such orchestration")));

        Assert.Equal(2, end.Tally.Errors![ErrorCodes.Internal]);
        Assert.InRange(contexts.Count, 20, 60);
    }

    [Fact]
    public void A_batch_that_was_cancelled_before_begins_nothing()
    {
        var (end, contexts) = RunAll(context => context.On(BatchOrchestrations.LookAtItem, _ => new BatchItemStand(BatchItemKind.BatchCanceled)), lane: 0);

        Assert.Equal((3, true), (end.Tally.Errors![ErrorCodes.Canceled], end.IsCanceled));
        Assert.Equal(0, Assert.Single(contexts).Status<BatchLaneState>()!.Next);
    }

    [Fact]
    public void A_cancel_reaches_the_request_that_is_under_way_and_nothing_follows_it()
    {
        List<string> told = [];
        var (end, contexts) = RunAll(
            context => context
                .On(BatchOrchestrations.LookAtItem, ToBegin)
                .On(BatchOrchestrations.CancelItem, input => Tell(told, input))
                .On(Orchestrations.Generate, _ => Failed(ErrorCodes.Canceled), RenderTime)
                .RaiseAt(Noon.AddSeconds(10), BatchOrchestrations.CancelEvent, new BatchCancel()),
            lane: 0);

        Assert.Equal([InstanceIds.Of("desk", BatchIds.Request(Batch.BatchId, 0))], told);
        Assert.Equal((3, true), (end.Tally.Errors![ErrorCodes.Canceled], end.IsCanceled));
        Assert.Single(contexts);
    }

    [Fact]
    public void A_cancel_that_comes_while_a_request_is_looked_at_begins_nothing()
    {
        var (end, contexts) = RunAll(context => context
            .On(BatchOrchestrations.LookAtItem, ToBegin, TimeSpan.FromSeconds(2))
            .RaiseAt(Noon.AddSeconds(1), BatchOrchestrations.CancelEvent, new BatchCancel()));

        Assert.Equal((2, true), (end.Tally.Errors![ErrorCodes.Canceled], end.IsCanceled));
        Assert.DoesNotContain(contexts.SelectMany(context => context.Calls), IsBegin);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 0)] // not begun: its record says so when its turn comes
    public void A_cancel_of_one_request_is_for_that_one_alone(int index, int told)
    {
        List<string> heard = [];
        var isFirst = true;
        var (end, _) = RunAll(context =>
        {
            context
                .On(BatchOrchestrations.LookAtItem, ToBegin)
                .On(BatchOrchestrations.CancelItem, input => Tell(heard, input))
                .On(Orchestrations.Generate, _ => Done, RenderTime);
            if (isFirst) context.RaiseAt(Noon.AddSeconds(10), BatchOrchestrations.CancelEvent, new BatchCancel(index));
            isFirst = false;
        });

        Assert.Equal(told, heard.Count);
        Assert.Equal((2, false), (end.Tally.Completed, end.IsCanceled));
    }

    [Fact]
    public void One_that_was_cancelled_before_it_was_begun_is_passed_over()
    {
        var (end, _) = RunAll(context => context
            .On(BatchOrchestrations.LookAtItem, input => input.Index == 1 ? new BatchItemStand(BatchItemKind.Canceled) : ToBegin(input))
            .On(Orchestrations.Generate, _ => Done));

        Assert.Equal((1, 1, false), (end.Tally.Completed, end.Tally.Errors![ErrorCodes.Canceled], end.IsCanceled));
    }

    [Fact]
    public void Storage_that_is_away_is_waited_out()
    {
        var failures = 30;
        var (end, contexts) = RunAll(context => context
            .On(BatchOrchestrations.LookAtItem, input => failures-- > 0 ? throw new IOException("away") : ToBegin(input))
            .On(Orchestrations.Generate, _ => Done));

        Assert.Equal(2, end.Tally.Completed);
        Assert.True(contexts[0].UtcNow > Noon.AddHours(1));
    }

    private static bool Tell(List<string> told, CancelItemInput input)
    {
        told.Add(input.InstanceId);
        return true;
    }

    private static bool IsBegin(FakeCall call) => call.Name == Orchestrations.Generate.Name;

    /// <summary>Runs a lane through all its executions.</summary>
    private static (BatchLaneEnd End, List<FakeOrchestrationContext> Contexts) RunAll(Action<FakeOrchestrationContext> script, int lane = 1)
    {
        List<FakeOrchestrationContext> contexts = [];
        var input = BatchLane.First(Batch, lane);
        while (true)
        {
            var context = NewContext(lane);
            script(context);
            contexts.Add(context);
            var end = context.Run(BatchLaneOrchestrator.RunAsync, input);
            if (context.ContinuedWith is null) return (end, contexts);
            input = OrchestrationJson.Read<BatchLane>(context.ContinuedWith)!;
        }
    }
}

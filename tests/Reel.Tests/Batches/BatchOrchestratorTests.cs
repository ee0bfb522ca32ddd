using Reel.Batches;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Tests.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Batches;

public sealed class BatchOrchestratorTests : BatchScript
{
    private readonly FakeOrchestrationContext context = new(Noon, BatchIds.Instance("desk", Batch.BatchId));

    [Fact]
    public void Its_lanes_run_side_by_side_and_their_results_are_added_up()
    {
        context.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left, null, 0.5m), false), TimeSpan.FromMinutes(5));

        var state = context.Run(BatchOrchestrator.RunAsync, Batch);

        Assert.Equal((BatchStatus.Completed, 5, 1.0m, Noon.AddMinutes(5)), (state.Status, state.Tally.Completed, state.Tally.Cost, state.FinishedAt));
        Assert.Equal([0, 1], context.Calls.Select(call => call.InputAs<BatchLane>().Next));
        Assert.All(context.Calls, call => Assert.Equal(Noon, call.At));
        Assert.Equal(OrchestrationJson.Write(state), context.Statuses.Single());
    }

    [Fact]
    public void One_lane_that_heard_of_a_cancel_makes_the_batch_a_cancelled_one()
    {
        context.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left), lane.Next == 1));

        Assert.Equal(BatchStatus.Canceled, context.Run(BatchOrchestrator.RunAsync, Batch).Status);
    }

    [Fact]
    public void A_lane_that_was_ended_from_outside_is_begun_again_under_another_id()
    {
        var failures = 2;
        context.On(BatchOrchestrations.Lane, lane => lane.Next == 1 && failures-- > 0
            ? throw new InvalidOperationException("It was terminated")
            : new BatchLaneEnd(new BatchTally(lane.Left), false));

        var state = context.Run(BatchOrchestrator.RunAsync, Batch);

        Assert.Equal((BatchStatus.Completed, 5), (state.Status, state.Tally.Completed));
        Assert.Equal(4, context.Calls.Select(call => call.InstanceId).Distinct().Count());
    }

    [Fact]
    public void A_lane_that_cannot_be_run_does_not_keep_the_batch_for_ever()
    {
        context.On(BatchOrchestrations.Lane, lane => lane.Next == 1
            ? throw new InvalidOperationException("no such function")
            : new BatchLaneEnd(new BatchTally(lane.Left), false));

        var state = context.Run(BatchOrchestrator.RunAsync, Batch);

        Assert.Equal((3, 2), (state.Tally.Completed, state.Tally.Errors![ErrorCodes.Internal]));
    }

    [Fact]
    public void The_webhook_is_told_once_when_all_is_over()
    {
        context.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left), false), TimeSpan.FromMinutes(5));
        context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));

        context.Run(BatchOrchestrator.RunAsync, Batch with { WebhookUrl = "https://shop.test/hook" });

        var told = Assert.Single(context.Calls, call => call.Name == WebhookDelivery.FunctionName);
        var webhook = told.InputAs<WebhookEvent>();
        Assert.Equal(
            (Noon.AddMinutes(5), WebhookTypes.BatchCompleted, $"evt_{Batch.BatchId}_batch_completed"), (told.At, webhook.Type, webhook.Id));
        Assert.Equal(5, OrchestrationJson.Read<Batch>(webhook.Subject)!.State.Tally.Completed);
        Assert.Equal(InstanceIds.OfDelivery("desk", Batch.BatchId, WebhookTypes.BatchCompleted), told.InstanceId);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(WebhookTypes.BatchCompleted, 1)]
    [InlineData(WebhookTypes.VideoCompleted, 0)]
    public void The_webhook_is_told_of_the_end_unless_something_else_was_chosen(string? chosen, int times)
    {
        context.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left), false));
        context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));

        context.Run(BatchOrchestrator.RunAsync, Batch with { WebhookUrl = "https://shop.test/hook", WebhookEvents = chosen is null ? null : [chosen] });

        Assert.Equal(times, context.Calls.Count(call => call.Name == WebhookDelivery.FunctionName));
    }

    [Fact]
    public void A_delivery_that_breaks_changes_nothing_about_the_batch()
    {
        context.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left), false));
        context.On<WebhookEvent, DeliveryResult>(WebhookDelivery.Name, _ => throw new InvalidOperationException("the receiver is strange"));
        context.On(SettleDeliveryActivity.Name, _ => true);

        Assert.Equal(BatchStatus.Completed, context.Run(BatchOrchestrator.RunAsync, Batch with { WebhookUrl = "https://shop.test/hook" }).Status);
        var missed = context.Calls[^1].InputAs<SettleDeliveryInput>();
        Assert.Equal((context.Calls[^2].InstanceId, DeliveryEnd.Broken), (missed.InstanceId, missed.End));
    }
}

using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Reel.Batches;
using Reel.Functions.Tests.Settings;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Durable;

/// <summary>A batch's orchestrators through their functions and the adapter, and the activities that ask the engine.</summary>
public sealed class BatchFunctionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BatchRequest Batch = new(BatchIds.New(Noon), "desk", Count: 3, Lanes: 3, Noon, "https://reel.test", "https://shop.test/hook");
    private static readonly GenerationState Done = new(GenerationStatus.Completed, Stage.Done, FinishedAt: Noon, Charged: Charged.Yes);

    [Fact]
    public void A_batch_runs_its_lanes_and_tells_its_webhook()
    {
        var world = new DurableWorld(Noon, BatchIds.Instance("desk", Batch.BatchId));
        world.On(BatchOrchestrations.Lane, lane => new BatchLaneEnd(new BatchTally(lane.Left), false));
        world.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));

        var state = world.Run(BatchFunctions.RunAsync, Batch);

        Assert.Equal((BatchStatus.Completed, 3), (state.Status, state.Tally.Completed));
        Assert.Equal(
            [.. Enumerable.Range(0, 3).Select(lane => BatchIds.Lane("desk", Batch.BatchId, lane, 0)), $"_desk_{Batch.BatchId}_batch.completed"],
            world.Calls.Select(call => Assert.IsType<SubOrchestrationOptions>(call.Options).InstanceId));
    }

    [Fact]
    public void A_lane_runs_a_request_under_the_id_of_any_request()
    {
        var world = new DurableWorld(Noon, BatchIds.Lane("desk", Batch.BatchId, 1, 0));
        var request = new GenerationRequest(
            BatchIds.Request(Batch.BatchId, 1), "desk", "kling-2.6", "{}", Noon, Noon.AddMinutes(30), new PollSchedule(120, 4, 60), "https://reel.test");
        world.Event<BatchCancel>(BatchOrchestrations.CancelEvent);
        world.On(BatchOrchestrations.LookAtItem, _ => new BatchItemStand(BatchItemKind.ToBegin, request));
        world.On(Orchestrations.Generate, _ => Done);

        var end = world.Run(BatchFunctions.RunLaneAsync, BatchLane.First(Batch, 1));

        Assert.Equal(1, end.Tally.Completed);
        Assert.Equal($"desk_{request.RequestId}", Assert.IsType<SubOrchestrationOptions>(world.Calls[^1].Options).InstanceId);
        Assert.False(OrchestrationJson.Read<BatchLaneState>(world.Statuses[^1])!.IsBusy);
    }

    [Fact]
    public async Task A_request_is_told_of_a_cancel_by_the_client_of_the_binding()
    {
        var client = new Mock<DurableTaskClient>(MockBehavior.Strict, "Reel");
        client.Setup(c => c.RaiseEventAsync("desk_1", Orchestrations.CancelEvent, null, It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);

        Assert.True(await CallAsync<BatchFunctions, bool>(functions => functions.CancelAsync(new CancelItemInput("desk_1"), client.Object, CancellationToken.None)));
        client.VerifyAll();
    }

    [Fact]
    public async Task A_delivery_is_started_by_the_client_of_the_binding()
    {
        var client = new Mock<DurableTaskClient>(MockBehavior.Strict, "Reel");
        client.Setup(c => c.ScheduleNewOrchestrationInstanceAsync(
                It.Is<TaskName>(name => name.Name == WebhookDelivery.FunctionName), It.IsAny<object?>(), It.Is<StartOrchestrationOptions>(o => o.InstanceId == "_desk_1"), It.IsAny<CancellationToken>()))
            .ReturnsAsync("_desk_1");
        var webhook = new WebhookEvent("evt_1", WebhookTypes.VideoCompleted, Noon, "https://shop.test/hook", "{}");

        Assert.True(await CallAsync<WebhookFunctions, bool>(
            functions => functions.StartAsync(new StartDeliveryInput("_desk_1", webhook), client.Object, CancellationToken.None)));
        client.VerifyAll();
    }

    // As the worker does: the function's class is of the invocation's scope.
    private static async Task<T> CallAsync<TFunctions, T>(Func<TFunctions, Task<T>> call)
    {
        using var app = FunctionsHost.Build(FunctionsHost.Minimal);
        await using var scope = app.Services.CreateAsyncScope();
        return await call(ActivatorUtilities.CreateInstance<TFunctions>(scope.ServiceProvider));
    }
}

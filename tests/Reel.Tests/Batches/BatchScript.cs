using Reel.Batches;
using Reel.Generations;
using Reel.Segmind;
using Reel.Tests.Orchestration;

namespace Reel.Tests.Batches;

/// <summary>A batch, and lanes of it, whose requests end as they are told to.</summary>
public abstract class BatchScript
{
    protected static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    protected static readonly BatchRequest Batch = new(BatchIds.New(Noon), "desk", Count: 5, Lanes: 2, Noon, "https://reel.test");

    protected static readonly GenerationState Done = new(
        GenerationStatus.Completed, Stage.Done, FinishedAt: Noon, Charged: Charged.Yes, Metrics: new RenderMetrics(Cost: 0.5m));

    protected static GenerationState Failed(string code) =>
        new(GenerationStatus.Failed, Stage.Done, FinishedAt: Noon, ErrorCode: code, Error: "because", Charged: Charged.No);

    protected static GenerationRequest Request(int index) => new(
        BatchIds.Request(Batch.BatchId, index), "desk", "kling-2.6", "{}", Noon, Noon.AddMinutes(30), new PollSchedule(120, 4, 60), "https://reel.test",
        BatchId: Batch.BatchId);

    protected static BatchItemStand ToBegin(BatchItemInput input) => new(BatchItemKind.ToBegin, Request(input.Index));

    protected static FakeOrchestrationContext NewContext(int lane = 0) => new(Noon, BatchIds.Lane("desk", Batch.BatchId, lane, 0));
}

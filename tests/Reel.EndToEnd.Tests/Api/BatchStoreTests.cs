using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Reel.Batches;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Records;
using RequestContent = Reel.Generations.RequestContent;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What batches ask of the engine and of storage, and how often.</summary>
public sealed class BatchStoreTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly BatchRequest batch = new(BatchIds.New(Now), "desk", Count: 120, Lanes: 10, Now, "https://reel.test");
    private readonly Mock<IOrchestrationClient> engine = new();
    private readonly CallCount calls = new();

    [Fact]
    public async Task Cancelling_one_request_wakes_its_lane_alone()
    {
        List<string> told = [];
        engine.Setup(client => client.GetAsync(BatchIds.Instance("desk", batch.BatchId), It.IsAny<CancellationToken>())).ReturnsAsync(Instance(batch));
        engine.Setup(client => client.ListAsync(It.IsAny<OrchestrationQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync((OrchestrationQuery query, CancellationToken _) => Lanes(query));
        engine.Setup(client => client.RaiseEventAsync(Capture.In(told), BatchOrchestrations.CancelEvent, It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(EventOutcome.Raised);
        var store = Store(Records());

        await store.CancelItemAsync("desk", batch.BatchId, 47, CancellationToken.None);
        Assert.Equal([BatchIds.Lane("desk", batch.BatchId, 7, 0)], told);

        told.Clear();
        await store.CancelAsync("desk", batch.BatchId, CancellationToken.None);
        Assert.Equal(batch.Lanes, told.Count);
    }

    [Fact]
    public async Task A_page_reads_every_record_once()
    {
        engine.Setup(client => client.ListAsync(It.IsAny<OrchestrationQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync(new OrchestrationPage([], null));
        await using var host = await ApiHost.StartAsync(TimeProvider.System, new MemoryEngine(TimeProvider.System));
        var records = Records();
        var contents = new BatchRecords(records);
        await contents.WriteAsync(
            "desk", batch.BatchId, [.. Enumerable.Range(0, batch.Count).Select(_ => new RequestContent("kling-2.6", "{}"))], CancellationToken.None);
        var items = new BatchItems(Store(records), contents, new UsageRecords(records), host.Services.GetRequiredService<RequestFactory>(), engine.Object);
        var found = new Batch(batch, new BatchState(BatchStatus.Queued, new BatchTally()));
        calls.Value = 0;

        var (page, next) = await items.ListAsync(found, null, 0, 100, CancellationToken.None);
        var forAll = calls.Value;
        calls.Value = 0;
        var (none, _) = await items.ListAsync(found, GenerationStatus.Completed, 0, 100, CancellationToken.None);

        // The cancellation, the marks of what was deleted, and two chunks of 50; and where nothing fits, the first of them.
        Assert.Equal((100, 100), (page.Count, next));
        Assert.Empty(none);
        Assert.Equal((4, 1), (forAll, calls.Value));
    }

    [Fact]
    public async Task A_list_tells_the_callers_own_batches_only_whatever_an_engine_finds()
    {
        var state = new BatchState(BatchStatus.Completed, new BatchTally(), FinishedAt: Now);
        var other = Instance(batch with { CallerId = "shop" }, state) with { InstanceId = BatchIds.Instance("shop", batch.BatchId) };
        engine.Setup(client => client.ListAsync(It.IsAny<OrchestrationQuery>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new OrchestrationPage([Instance(batch, state), other], null));

        var (batches, _) = await Store(Records()).ListAsync("desk", 10, "made up", CancellationToken.None);

        Assert.Equal("desk", Assert.Single(batches).Request.CallerId);
    }

    private RecordStore Records()
    {
        var options = new BlobClientOptions();
        options.AddPolicy(calls, HttpPipelinePosition.PerCall);
        return new RecordStore(new BlobServiceClient(azurite.ConnectionString, options));
    }

    private BatchStore Store(RecordStore records) => new(engine.Object, new BatchRecords(records), TimeProvider.System, NullLogger<BatchStore>.Instance);

    private OrchestrationPage Lanes(OrchestrationQuery query) => new(
        [
            .. Enumerable.Range(0, batch.Lanes)
                .Select(lane => BatchIds.Lane("desk", batch.BatchId, lane, 0))
                .Where(id => id.StartsWith(query.Prefix, StringComparison.Ordinal))
                .Select(id => new OrchestrationInstance(id, BatchOrchestrations.Lane.Name, RuntimeStatus.Running, Now, Now, null, null, null, null)),
        ],
        null);

    private static OrchestrationInstance Instance(BatchRequest batch, BatchState? state = null) => new(
        BatchIds.Instance(batch.CallerId, batch.BatchId), BatchOrchestrations.Batch.Name, RuntimeStatus.Running, Now, Now,
        OrchestrationJson.Write(batch), state is null ? null : OrchestrationJson.Write(state), null, null);

    private sealed class CallCount : HttpPipelineSynchronousPolicy
    {
        private int value;

        public int Value { get => Volatile.Read(ref value); set => Volatile.Write(ref this.value, value); }

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref value);
    }
}

using Reel.EndToEnd.Tests.Azurite;
using Reel.ErrorTable;
using Reel.Generations;
using Reel.Hostile;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>The error table, on the pipeline that the desk runs.</summary>
public sealed class ErrorTableTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    public static TheoryData<string> Names => Rows.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_row_is_answered_as_it_says_and_as_it_is_described(string row)
    {
        var answer = await Rows.AssertAsync(row, world);

        (await Description.ReadAsync(world.Http)).AssertAnswer(answer.Verb, answer.Path, answer.Status, "application/json", answer.Body);
    }

    [Fact]
    public Task A_redelivery_that_cannot_be_is_answered() => RefusedRedeliveries.AssertAsync(world);

    [Fact]
    public Task A_body_that_cannot_be_read_or_does_not_come_is_answered() => BrokenBodies.AssertAsync(world.Http.BaseAddress!);

    [Fact]
    public async Task A_body_that_comes_fast_and_then_stops_is_answered_after_a_minute()
    {
        var time = new FastTime();
        await using var host = await ApiHost.StartAsync(time, new MemoryEngine(time));

        await BrokenBodies.AssertStallAsync(host.Url);
    }

    public sealed class World : IErrorWorld, IAsyncLifetime
    {
        private readonly MemoryEngine engine = new(TimeProvider.System);
        private ApiHost host = null!;
        private ApiHost hostWithoutStorage = null!;

        public HttpClient Http { get; private set; } = null!;

        public string Storage { get; private set; } = "";

        public HttpClient HttpWithoutStorage { get; private set; } = null!;

        public GenerationState? StateOfNew { set => engine.StateOfNew = value; }

        public bool IsEngineDown { set => engine.IsDown = value; }

        public async Task AddDeliveryAsync(string instanceId, WebhookEvent webhook, DeliveryProgress progress)
        {
            engine.StateOfNew = null;
            await engine.StartAsync(WebhookDelivery.Name, instanceId, webhook);
            engine.Tell(instanceId, progress, isOver: true);
            engine.Backdate(instanceId, TimeSpan.FromHours(1));
        }

        public async Task InitializeAsync()
        {
            var azurite = new AzuriteFixture();
            await azurite.InitializeAsync();
            Storage = azurite.ConnectionString;
            host = await ApiHost.StartAsync(TimeProvider.System, engine, [("AzureWebJobsStorage", Storage), .. Rows.Settings]);
            hostWithoutStorage = await ApiHost.StartAsync(TimeProvider.System, engine, ("AzureWebJobsStorage", DeadPort.ConnectionString));
            Http = new HttpClient { BaseAddress = host.Url };
            HttpWithoutStorage = new HttpClient { BaseAddress = hostWithoutStorage.Url };
        }

        public async Task DisposeAsync()
        {
            Http.Dispose();
            HttpWithoutStorage.Dispose();
            await host.DisposeAsync();
            await hostWithoutStorage.DisposeAsync();
        }
    }
}

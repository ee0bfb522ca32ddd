using Reel.ErrorTable;
using Reel.Generations;

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

    public sealed class World : IErrorWorld, IAsyncLifetime
    {
        private readonly MemoryEngine engine = new(TimeProvider.System);
        private ApiHost host = null!;

        public HttpClient Http { get; private set; } = null!;

        public GenerationState? StateOfNew { set => engine.StateOfNew = value; }

        public bool IsEngineDown { set => engine.IsDown = value; }

        public async Task InitializeAsync()
        {
            host = await ApiHost.StartAsync(TimeProvider.System, engine, ("Api:SyncWait", "00:00:01"));
            Http = new HttpClient { BaseAddress = host.Url };
        }

        public async Task DisposeAsync()
        {
            Http.Dispose();
            await host.DisposeAsync();
        }
    }
}

using Reel.ErrorTable;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>The error table, on the pipeline that the desk runs.</summary>
public sealed class ErrorTableTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    public static TheoryData<string> Names => Rows.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_row_is_answered_as_it_says(string row) => Rows.AssertAsync(row, world);

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

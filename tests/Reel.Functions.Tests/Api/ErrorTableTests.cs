using Grpc.Core;
using Reel.ErrorTable;
using Reel.Generations;

namespace Reel.Functions.Tests.Api;

/// <summary>The error table, through the function.</summary>
public sealed class ErrorTableTests(ErrorTableTests.World world) : IClassFixture<ErrorTableTests.World>
{
    public static TheoryData<string> Names => Rows.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_row_is_answered_as_it_says(string row) => Rows.AssertAsync(row, world);

    public sealed class World : IErrorWorld, IAsyncLifetime
    {
        private WorkerServer server = null!;

        public HttpClient Http { get; private set; } = null!;

        public GenerationState? StateOfNew { set => server.Client.StateOfNew = value; }

        public bool IsEngineDown { set => server.Client.Trouble = value ? new RpcException(new Status(StatusCode.Unavailable, "It is down.")) : null; }

        public async Task InitializeAsync()
        {
            server = await WorkerServer.StartAsync(("Api:SyncWait", "00:00:01"));
            Http = server.Caller(key: null);
        }

        public async Task DisposeAsync()
        {
            Http.Dispose();
            await server.DisposeAsync();
        }
    }
}

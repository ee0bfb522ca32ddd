namespace Reel.Functions.Tests.Api;

/// <summary>A server with the function for each test, and a caller with a key.</summary>
public abstract class WorkerTest(params (string Name, string Value)[] settings) : IAsyncLifetime
{
    private protected WorkerServer Server { get; private set; } = null!;

    private protected HttpClient Caller { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Server = await WorkerServer.StartAsync(settings);
        Caller = Server.Caller();
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Server.DisposeAsync();
    }
}

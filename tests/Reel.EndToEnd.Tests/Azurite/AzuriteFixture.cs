using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>
/// One Azurite for the whole test process, on a free port, with a folder of its own in the temporary folder; installed when that was not done before.
/// Take it with <c>IClassFixture&lt;AzuriteFixture&gt;</c>: every class gets the same server, and classes still run side by side. It goes with the process.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);

    /// <summary>Of the shared server.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The folder of the installed package, for tests that start servers of their own.</summary>
    public static Task<string> InstallAsync() => Installed.Value;

    private static readonly Lazy<Task<string>> Installed = new(() => AzuriteInstaller.ForUser(TestFolder.Create()).InstallAsync());

    public async Task InitializeAsync() => ConnectionString = (await Shared.Value).ConnectionString;

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<AzuriteServer> StartAsync()
    {
        var server = await AzuriteServer.StartAsync(await InstallAsync(), TestFolder.Create(), preferredPort: 0);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }
}

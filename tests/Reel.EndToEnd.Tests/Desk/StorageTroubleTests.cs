using System.Diagnostics;
using System.Net;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>Blob storage dies under Reel: what was accepted completes once it is back.</summary>
public sealed class StorageTroubleTests
{
    [Fact]
    public async Task Azurite_killed_while_a_video_is_being_saved_and_started_again_later_delays_the_request()
    {
        const string Prompt = "a cellar";
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            """{"where": "submit", "kind": "file_size", "bytes": 9000000}""",
            """{"where": "download", "kind": "dribble", "bytes_per_second": 3000000, "times": 1}""");
        var package = await AzuriteFixture.InstallAsync();
        var folder = TestFolder.Create();
        var first = await AzuriteServer.StartAsync(package, folder, preferredPort: 0);
        bench.ConnectionString = first.ConnectionString;
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body(Prompt));
        await bench.Provider.WaitForDownloadAsync();
        await KillAsync(first);
        await caller.WaitAsync(id, answer => answer["trouble"] is not null, "trouble");

        // What needs storage says that it is away; what does not goes on as ever.
        var keyed = await caller.PostAsync("/v2/kling-2.6", bench.Body(Prompt), ("Idempotency-Key", "cellar"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (keyed.Status, keyed["error_code"]));
        var later = await caller.SubmitAsync(bench.Body("a loft"));

        await first.DisposeAsync();
        await using var second = await AzuriteServer.StartAsync(package, folder, first.Port);
        Assert.Equal(first.Port, second.Port);
        var result = await caller.CompleteAsync(id);
        await caller.CompleteAsync(later, 90);

        await bench.AssertSavedAsync(result);
        Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Single(await bench.Provider.SubmitsAsync(Prompt));
        Assert.Equal(1, await bench.Provider.AcceptedAsync("a loft"));
    }

    private static async Task KillAsync(AzuriteServer server)
    {
        using (var process = Process.GetProcessById(server.ProcessId)) process.Kill();
        await server.Exited;
    }
}

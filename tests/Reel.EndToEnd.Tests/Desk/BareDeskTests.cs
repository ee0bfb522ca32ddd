using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Local.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary><c>serve</c> with nothing set: its own Azurite, its own emulated provider. Everything that it needs is its child or in it.</summary>
public sealed class BareDeskTests
{
    private static readonly Dictionary<string, string?> Nothing = [];

    [Fact]
    public async Task A_request_completes_with_nothing_but_curl()
    {
        await using var reel = await ReelProcess.ServeAsync(TestFolder.Create(), Nothing);
        using var caller = new Caller(reel);

        var id = await caller.SubmitAsync(new JsonObject { ["prompt"] = "a lighthouse in a storm", ["duration"] = 5 });
        var result = await caller.CompleteAsync(id, 90);

        Assert.Equal("video/mp4", (string?)result.Body!["video"]!["content_type"]);
        Assert.Equal(["Reel", "Storage", "Provider", "Webhooks", "Try"], reel.Output.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_render_it_goes_on_after_the_next_start()
    {
        var data = TestFolder.Create();
        string id;
        int azurite;
        await using (var first = await ReelProcess.ServeAsync(data, Nothing))
        {
            using var caller = new Caller(first);
            id = await caller.SubmitAsync(new JsonObject { ["prompt"] = "a windmill", ["duration"] = 5 });
            await caller.WaitForStageAsync(id, "rendering");
            azurite = OperatingSystem.IsLinux() ? Assert.Single(ProcessTree.ChildrenOf(first.Id)) : 0;
            await first.KillAsync();
        }

        await using var second = await ReelProcess.ServeAsync(data, Nothing);
        using var again = new Caller(second);
        await again.CompleteAsync(id, 90);

        if (azurite != 0) Assert.False(ProcessTree.IsRunning(azurite), "The first Azurite outlived its Reel.");
    }

    [Fact]
    public async Task A_storage_port_that_somebody_else_has_is_left_to_them()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var reel = LaunchAt(taken, TestFolder.Create());

        var port = await StoragePortAsync(reel);
        Assert.NotEqual(taken, port);
        Assert.True(await AzuriteServer.AnswersAsync(AzuriteServer.ConnectionStringFor(port)));
    }

    [Fact]
    public async Task An_Azurite_that_somebody_runs_is_used_by_a_new_desk_and_not_by_one_with_blobs_of_its_own()
    {
        await using var stock = await StockAzurite.StartAsync();
        var data = TestFolder.Create();
        await using (var own = await ReelProcess.ServeAsync(data, Nothing)) Assert.NotEqual(stock.Port, await StoragePortAsync(own));

        await using var again = LaunchAt(stock.Port, data);
        var adopting = TestFolder.Create();
        await using var fresh = LaunchAt(stock.Port, adopting);
        Assert.NotEqual(stock.Port, await StoragePortAsync(again));
        Assert.Equal(stock.Port, await StoragePortAsync(fresh));

        // Its records are there, and are not looked for anywhere else while it is away.
        await fresh.KillAsync();
        await stock.DisposeAsync();
        await using var without = LaunchAt(stock.Port, adopting);
        Assert.Equal(1, await without.ExitAsync(30));
        Assert.Contains("start the Azurite again", without.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Azurite_that_belongs_to_another_desk_is_left_to_it()
    {
        await using var first = await ReelProcess.ServeAsync(TestFolder.Create(), Nothing);
        var theirs = await StoragePortAsync(first);

        await using var second = LaunchAt(theirs, TestFolder.Create());

        Assert.NotEqual(theirs, await StoragePortAsync(second));
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true;")]
    [InlineData(" usedevelopmentstorage=TRUE ")]
    [InlineData(" ")]
    public async Task Development_storage_however_it_is_written_is_an_Azurite(string value)
    {
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = value, ["Webhooks__Secret"] = "", ["Polling__Least"] = "" };
        await using var reel = await ReelProcess.ServeAsync(TestFolder.Create(), settings);

        Assert.True(await AzuriteServer.AnswersAsync(AzuriteServer.ConnectionStringFor(await StoragePortAsync(reel))));
        Assert.Contains("webhook-secret", reel.Output.ElementAt(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_Azurite_is_started_again_whatever_keeps_it_from_starting_at_first()
    {
        if (!OperatingSystem.IsLinux()) return; // Children are looked up in /proc, and a folder in use can be moved.
        var data = TestFolder.Create();
        await using var reel = await ReelProcess.ServeAsync(data, Nothing);
        var (blobs, aside) = (Path.Combine(data, "azurite"), Path.Combine(data, "aside"));
        var storage = AzuriteServer.ConnectionStringFor(await StoragePortAsync(reel));

        Directory.Move(blobs, aside);
        await File.WriteAllTextAsync(blobs, "in the way");
        using (var process = Process.GetProcessById(Assert.Single(ProcessTree.ChildrenOf(reel.Id)))) process.Kill();
        await reel.WaitForErrorAsync("could not be started again");
        File.Delete(blobs);
        Directory.Move(aside, blobs);

        var watch = Stopwatch.StartNew();
        while (!await AzuriteServer.AnswersAsync(storage)) Assert.True(watch.Elapsed.TotalSeconds < 60, $"It is not started again.{reel.Story}");
    }

    [Fact]
    public async Task Its_Azurite_is_started_again_when_it_dies()
    {
        if (!OperatingSystem.IsLinux()) return; // Children are looked up in /proc.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            """{"where": "submit", "kind": "file_size", "bytes": 9000000}""",
            """{"where": "download", "kind": "dribble", "bytes_per_second": 3000000, "times": 1}""");
        var reel = await bench.StartAsync(("AzureWebJobsStorage", null));
        using var caller = new Caller(reel);
        var azurite = Assert.Single(ProcessTree.ChildrenOf(reel.Id));

        var id = await caller.SubmitAsync(bench.Body("a phoenix"));
        await bench.Provider.WaitForDownloadAsync();
        using (var process = Process.GetProcessById(azurite)) process.Kill();
        await reel.WaitForErrorAsync("Azurite ended unasked");
        var result = await caller.CompleteAsync(id);

        var next = Assert.Single(ProcessTree.ChildrenOf(reel.Id), ProcessTree.IsRunning);
        Assert.NotEqual(azurite, next);
        await bench.AssertSavedAsync(result);
        Assert.Single(await bench.Provider.SubmitsAsync());
    }

    private static ReelProcess LaunchAt(int storagePort, string data) => ReelProcess.Launch(
        ["serve", "--urls", "http://127.0.0.1:0", "--storage-port", $"{storagePort}", "--data", data], Nothing);

    /// <summary>Where its storage is, as it says once it is up.</summary>
    private static async Task<int> StoragePortAsync(ReelProcess reel)
    {
        await reel.WaitForLinesAsync(ReelProcess.GreetingLines);
        var said = reel.Output.Single(line => line.StartsWith("Storage", StringComparison.Ordinal));
        return new Uri(said.Split(' ', ';').First(word => word.StartsWith("http", StringComparison.Ordinal))).Port;
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Api;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>Ctrl+C and its kin: a quick end with code 0, nothing left running, nothing lost. And what keeps a second one from starting.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_stop_is_quick_and_the_next_start_goes_on(int signal)
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 4}""");
        var first = await bench.StartAsync(("AzureWebJobsStorage", null));
        var children = OperatingSystem.IsLinux() ? ProcessTree.ChildrenOf(first.Id) : [];
        string id;
        using (var caller = new Caller(first))
        {
            id = await caller.SubmitAsync(bench.Body("a pause"));
            await caller.WaitForStageAsync(id, "rendering");
        }

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await first.StopAsync(signal));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed} to stop.{first.Story}");
        Assert.DoesNotContain(children, ProcessTree.IsRunning);

        using var again = new Caller(await bench.StartAsync(("AzureWebJobsStorage", null)));
        await again.CompleteAsync(id);
        Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Single(await bench.Provider.SubmitsAsync());
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_stop_during_the_start_is_heard_and_leaves_no_Azurite(int signal)
    {
        if (!OperatingSystem.IsLinux()) return; // Processes are looked up in /proc.
        await using var bench = await Bench.CreateAsync();
        var storage = Path.Combine(bench.DataFolder, "azurite");
        for (var round = 1; round <= 3; round++)
        {
            // It appears a moment before the process that keeps its blobs there.
            await using var reel = ReelProcess.Launch(ReelProcess.Serve(bench.DataFolder), bench.Settings(("AzureWebJobsStorage", null)));
            await Wait.UntilAsync(() => Directory.Exists(storage) || reel.HasExited, $"the folder of Azurite.{reel.Story}", 60);

            var code = await reel.StopAsync(signal);

            // On a slow machine it may have been up by then.
            Assert.True(code == (reel.Output.Count == 0 ? 130 : 0), $"Round {round} ended with {code}.{reel.Story}");
            Assert.Empty(ProcessTree.StartedWith($"--location {storage} "));
            Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
            Directory.Delete(bench.DataFolder, recursive: true);
        }
    }

    [Fact]
    public async Task A_stop_while_a_video_is_being_saved_is_quick_too()
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "download", "kind": "dribble", "bytes_per_second": 1000, "times": 1}""");
        var first = await bench.StartAsync();
        string id;
        using (var caller = new Caller(first))
        {
            id = await caller.SubmitAsync(bench.Body("a long goodbye"));
            await bench.Provider.WaitForDownloadAsync();
        }

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await first.StopAsync());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed} to stop.{first.Story}");

        using var again = new Caller(await bench.StartAsync());
        await again.CompleteAsync(id);
    }

    [Fact]
    public async Task A_stop_waits_for_the_answer_to_a_paid_submit()
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "delay", "seconds": 8}""");
        var first = await bench.StartAsync();
        string id;
        using (var caller = new Caller(first))
        {
            id = await caller.SubmitAsync(bench.Body("a last word"));
            await bench.Provider.WaitForSubmitAsync();
        }

        Assert.Equal(0, await first.StopAsync(Signals.Terminate));

        using var again = new Caller(await bench.StartAsync());
        await again.CompleteAsync(id);
        Assert.Equal(1, await bench.Provider.AcceptedAsync());
        Assert.Single(await bench.Provider.SubmitsAsync());
    }

    [Fact]
    public async Task A_stop_waits_only_some_seconds_for_a_slow_download()
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "file_size", "bytes": 60000000}""");
        var reel = await bench.StartAsync();
        using var caller = new Caller(reel);
        var id = await caller.SubmitAsync(bench.Body("a snail"));
        await caller.CompleteAsync(id);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v2/requests/{id}/video");
        using var unread = await caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await reel.StopAsync());

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed} to stop.{reel.Story}");
    }

    [Fact]
    public async Task A_stop_ends_what_is_held_open_with_an_answer()
    {
        if (OperatingSystem.IsWindows()) return; // It has no signals.
        await using var bench = await Bench.CreateAsync();
        var reel = await bench.StartAsync();
        using var caller = new Caller(reel);
        var id = await caller.SubmitAsync(bench.Body("an open end [stuck]"));
        using var stream = new EventReader(await caller.Http.GetAsync($"/v2/requests/{id}/events", HttpCompletionOption.ResponseHeadersRead));
        await stream.NextAsync("status");
        var sync = caller.PostAsync("/v1/kling-2.6", bench.Body("another open end [stuck]"));
        await bench.Provider.WaitForSubmitAsync();
        while (await bench.Provider.AcceptedAsync() < 2) await Task.Delay(30);

        Assert.Equal(0, await reel.StopAsync());

        // A connection that was cut off would fail here.
        Assert.All(await stream.RestAsync(), one => Assert.NotEqual("FAILED", one.Name == "status" ? (string?)one.Data["status"] : null));
        var answer = await sync;
        Assert.Equal((HttpStatusCode.GatewayTimeout, "still_under_way"), (answer.Status, answer["error_code"]));
        Assert.NotNull(answer["status_url"]);
    }

    [Fact]
    public async Task A_second_one_on_the_same_data_folder_is_turned_away()
    {
        await using var bench = await Bench.CreateAsync();
        var first = await bench.StartAsync();

        await using var second = ReelProcess.Launch(ReelProcess.Serve(bench.DataFolder), bench.Settings());

        Assert.Equal(1, await second.ExitAsync(30));
        Assert.Contains("Another Reel is running on the data folder", second.StandardError, StringComparison.Ordinal);
        using var caller = new Caller(first);
        await caller.CompleteAsync(await caller.SubmitAsync(new JsonObject { ["prompt"] = "a landlord" }));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var bench = await Bench.CreateAsync();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        await using var reel = ReelProcess.Launch(["serve", "--urls", url, "--data", bench.DataFolder], bench.Settings());

        Assert.Equal(1, await reel.ExitAsync(30));
        Assert.False(File.Exists(Path.Combine(bench.DataFolder, "engine.db")), "The engine was started all the same.");
        Assert.Contains(url, reel.StandardError, StringComparison.Ordinal);
        Assert.Contains("--urls", reel.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reel.StandardError, StringComparison.Ordinal);
    }
}

using Reel.Cli.Tests.Commands;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.Cli.Tests.Bulk;

/// <summary>kill -9 of <c>reel batch</c>, and of the server under it.</summary>
public sealed class BatchKillTests
{
    private const int Count = 60;

    [Fact]
    public async Task Killed_at_will_and_run_again_each_line_is_sent_once_and_has_its_video()
    {
        await using var bench = await Bench.CreateAsync();
        var server = await bench.StartAsync(("Batches__Concurrency", "10"));
        var home = TestFolder.Create();
        await BatchTests.WriteAsync(home, "in.jsonl", [.. Enumerable.Range(0, Count).Select(i => BatchTests.Line($"killed {i}"))]);
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 1}""");

        ReelCommandProcess Start() => ReelCommandProcess.Start(server.Url, home, "batch", "in.jsonl", "--out", "out");

        // Before it knows whether it was heard; while it waits; and while it saves.
        using (var command = Start())
        {
            await Wait.UntilAsync(() => File.Exists(Path.Combine(home, "out", "reel-batch.json")), "the state", 120);
            await command.KillAsync();
        }

        foreach (var saved in new[] { 1, 10, 25 })
        {
            using var command = Start();
            await Wait.UntilAsync(() => Directory.GetFiles(Path.Combine(home, "out"), "*.mp4").Length >= saved, $"{saved} videos: {command.Error}{server.Story}", 120);
            await command.KillAsync();
        }

        using var last = Start();
        var ended = await last.EndAsync();

        Assert.True(ended.Code == 0, $"{ended}");
        var results = BatchTests.Results(home);
        Assert.Equal(Enumerable.Range(1, Count), results.Select(result => (int)result["line"]!));
        Assert.All(results, result => BatchTests.AssertSaved(home, result));
        Assert.Equal(Count, Directory.GetFiles(Path.Combine(home, "out"), "*.mp4").Length);
        Assert.Equal(Count, await bench.Provider.AcceptedAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(home, "out"), "*.part"));
    }

    [Fact]
    public async Task A_server_that_is_killed_is_waited_for_and_nothing_is_sent_twice()
    {
        await using var bench = await Bench.CreateAsync();
        var server = await bench.StartAsync(("Batches__Concurrency", "10"));
        using var relay = new Relay(server.Url);
        var home = TestFolder.Create();
        await BatchTests.WriteAsync(home, "in.jsonl", [.. Enumerable.Range(0, Count).Select(i => BatchTests.Line($"survives {i}"))]);
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 1}""");
        using var command = ReelCommandProcess.Start(relay.Url, home, "batch", "in.jsonl", "--out", "out");
        foreach (var saved in new[] { 1, 20 })
        {
            bool IsSaved() => Directory.Exists(Path.Combine(home, "out")) && Directory.GetFiles(Path.Combine(home, "out"), "*.mp4").Length >= saved;
            await Wait.UntilAsync(IsSaved, $"{saved} videos: {command.Error}{server.Story}", 120);
            relay.Point(null);
            await server.KillAsync();
            server = await bench.StartAsync(("Batches__Concurrency", "10"));
            relay.Point(server.Url);
        }

        var ended = await command.EndAsync();

        // A submit that the kill cut short is of unknown outcome, and not repeated; all others complete.
        var results = BatchTests.Results(home);
        var cut = results.Count(result => (string?)result["error_code"] == "submit_outcome_unknown");
        Assert.True(ended.Code == (cut == 0 ? 0 : 3), $"{ended}{server.Story}");
        Assert.Equal(Enumerable.Range(1, Count), results.Select(result => (int)result["line"]!));
        Assert.All(results.Where(result => (string?)result["error_code"] != "submit_outcome_unknown"), result => BatchTests.AssertSaved(home, result));
        var submits = await bench.Provider.SubmitsAsync();
        Assert.Equal(submits.Count, submits.Select(submit => (string?)submit["parameters"]!["prompt"]).Distinct().Count());
    }
}

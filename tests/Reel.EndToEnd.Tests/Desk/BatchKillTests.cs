using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Api;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>kill -9 in the middle of a batch.</summary>
public sealed class BatchKillTests
{
    private const int Count = 40;
    private const int Lanes = 8;

    [Fact]
    public async Task Started_again_it_completes_every_request_and_pays_for_none_twice()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 3}""");
        string id;
        var killed = await bench.StartAsync(("Batches__Concurrency", $"{Lanes}"));
        using (var caller = new Caller(killed))
        {
            var accepted = await caller.PostAsync("/v2/batches", new JsonObject
            {
                ["requests"] = new JsonArray([.. Enumerable.Range(0, Count).Select(i =>
                    new JsonObject { ["model"] = "kling-2.6", ["prompt"] = $"one of many: {i}", ["duration"] = 5 })]),
                ["webhook_url"] = bench.Inbox.Url,
            });
            Assert.True(accepted.Status == HttpStatusCode.OK, $"{accepted.Body}{killed.Story}");
            id = accepted["batch_id"]!;
            await UntilAllInFlightAreRenderingAsync(caller, id, killed);
            await killed.KillAsync();
        }

        var reel = await bench.StartAsync(("Batches__Concurrency", $"{Lanes}"));
        using var again = new Caller(reel);
        var batch = await BatchWait.FinishAsync(again, id, reel, seconds: 300);

        var counts = batch.Body!["counts"]!;
        var submits = await bench.Provider.SubmitsAsync();
        Assert.Equal(Count, (int)counts["completed"]! + (int)counts["failed"]!);
        Assert.Equal(submits.Count, submits.Select(submit => (string?)submit["parameters"]!["prompt"]).Distinct().Count());

        // A submit that the kill cut short is of unknown outcome, and not repeated; all others complete.
        var cut = (int?)batch.Body!["error_codes"]?["submit_outcome_unknown"] ?? 0;
        Assert.Equal((Count - cut, cut), ((int)counts["completed"]!, (int)counts["failed"]!));
        await Azurite.Wait.UntilAsync(() => bench.Inbox.All.Count > 0, $"the webhook of {id}", 40);
        Assert.Equal(WebhookTypes.BatchCompleted, Assert.Single(bench.Inbox.All).Type);
    }

    // Some are over, some are not begun; and, so that hardly ever a submit is cut short, the others are at the provider, for seconds.
    private static async Task UntilAllInFlightAreRenderingAsync(Caller caller, string id, ReelProcess reel)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var page = (await caller.GetAsync($"/v2/batches/{id}/requests?limit=100")).Body!["requests"]!.AsArray();
            var over = page.Count(item => (string?)item!["stage"] == "done");
            var waiting = page.Count(item => (string?)item!["stage"] == "accepted");
            var rendering = page.Count(item => (string?)item!["stage"] == "rendering");
            if (over >= Lanes && rendering == Lanes) return;
            Assert.True(waiting > 0 && watch.Elapsed.TotalSeconds < 60, $"The batch ran on or did not get on: {over} over, {waiting} waiting.{reel.Story}");
            await Task.Delay(20);
        }
    }
}

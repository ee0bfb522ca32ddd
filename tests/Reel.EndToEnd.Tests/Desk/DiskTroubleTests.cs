using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>The desk's disk takes no more: callers are told, what was accepted is kept, and with room it goes on.</summary>
public sealed class DiskTroubleTests
{
    private const int Many = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_disk_is_full_submits_are_refused_reads_go_on_and_with_room_all_that_was_accepted_completes(bool isKilledMeanwhile)
    {
        if (!OperatingSystem.IsLinux()) return; // Nowhere else can it be taken from another process and given back.
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 3}""");
        var reel = await bench.StartThroughAsync(FileSizeLimit.Survivable);
        using var caller = new Caller(reel);
        var key = $"{Guid.NewGuid():N}"; // Other tests keep theirs in the same storage.
        List<string> accepted = [];
        for (var i = 0; i < Many; i++) accepted.Add(await caller.SubmitAsync(bench.Body($"before {i}")));
        await Task.WhenAll(accepted.Take(Many / 2).Select(id => caller.WaitAsync(id, answer => answer["submitted_at"] is not null, "the submit")));

        // Killed, it comes back with what is in the files: one time it may not even write over what is there, the other time it may not grow.
        FileSizeLimit.Set(reel.Id, isKilledMeanwhile ? new FileInfo(Path.Combine(bench.DataFolder, "engine.db-wal")).Length : 0);
        for (var i = 0; i < Many; i++) AssertRefused(await caller.PostAsync("/v2/kling-2.6", bench.Body($"during {i}")));
        AssertRefused(await caller.PostAsync("/v2/kling-2.6", bench.Body("with a key"), ("Idempotency-Key", key)));
        foreach (var id in accepted) Assert.Equal(HttpStatusCode.OK, (await caller.StatusAsync(id)).Status);
        var list = await caller.GetAsync("/v2/requests");
        Assert.Equal((HttpStatusCode.OK, Many), (list.Status, list.Body!["requests"]!.AsArray().Count));
        await reel.WaitForErrorAsync("engine.db");

        if (isKilledMeanwhile)
        {
            await reel.KillAsync();
            reel = await bench.StartAsync();
        }
        else
        {
            FileSizeLimit.Lift(reel.Id);
        }

        using var again = new Caller(reel);
        var keyed = await again.SubmitAsync(bench.Body("with a key"), headers: ("Idempotency-Key", key));
        foreach (var id in (string[])[.. accepted, keyed])
        {
            // Where it was killed in the middle of a submit, that one's outcome is not known, and is said to be so.
            var result = await again.FinishAsync(id, 120);
            if (isKilledMeanwhile && result["error_code"] == "submit_outcome_unknown") continue;
            Assert.True(result["status"] == "COMPLETED", $"{result.Body}{reel.Story}");
            await bench.AssertSavedAsync(result);
            Assert.Single((await bench.Inbox.WaitAsync(id)).Select(letter => letter.Type).Distinct());
        }

        Assert.Equal(Many + 1, (await again.GetAsync("/v2/requests")).Body!["requests"]!.AsArray().Count);
        var submits = await bench.Provider.SubmitsAsync();
        Assert.DoesNotContain(submits, submit => ((string)submit["parameters"]!["prompt"]!).StartsWith("during", StringComparison.Ordinal));
        Assert.Distinct(submits.Where(submit => submit["accepted"]!.GetValue<bool>()).Select(submit => (string)submit["parameters"]!["prompt"]!));

        void AssertRefused(Answer answer)
        {
            Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable, $"{answer.Status} {answer.Body}{reel.Story}");
            Assert.Equal("unavailable", answer["error_code"]);
            Assert.Contains("the disk fails, or lets its file grow no further. Nothing was done", answer["error"], StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Retry-After"));
        }
    }

    [Fact]
    public async Task An_emulated_provider_and_an_Azurite_without_room_name_the_disk_and_go_on_with_room()
    {
        if (!OperatingSystem.IsLinux()) return; // Children are looked up in /proc, and the limit is Linux's.
        var data = TestFolder.Create();
        await using var reel = await ReelProcess.ServeAsync(data, new Dictionary<string, string?>(), FileSizeLimit.Survivable);
        using var caller = new Caller(reel);
        var first = await caller.SubmitAsync(new JsonObject { ["prompt"] = "a tent", ["duration"] = 5 });
        await caller.WaitForStageAsync(first, "rendering");

        // First the blobs' disk alone, so that the engine can say how it stands, then all of it.
        var azurite = Assert.Single(ProcessTree.ChildrenOf(reel.Id));
        FileSizeLimit.Set(azurite, 0);
        await caller.WaitAsync(first, answer => answer["trouble"] is not null, "trouble", 90);
        await reel.WaitForErrorAsync("Azurite says: ");
        var keyed = await caller.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = "never" }, ("Idempotency-Key", "never"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (keyed.Status, keyed["error_code"]));
        Assert.True(keyed["error"]!.Contains("its disk may be full", StringComparison.Ordinal), $"{keyed.Body}{reel.Story}");
        FileSizeLimit.Set(reel.Id, 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await caller.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = "never" })).Status);

        FileSizeLimit.Lift(reel.Id);
        if (ProcessTree.IsRunning(azurite)) FileSizeLimit.Lift(azurite);
        await caller.CompleteAsync(first, 120);
        await caller.CompleteAsync(await caller.SubmitAsync(new JsonObject { ["prompt"] = "a house", ["duration"] = 5 }), 90);
    }
}

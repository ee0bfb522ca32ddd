using Reel.EndToEnd.Tests.Azurite;
using Reel.Local.Azurite;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>kill -9 of Reel.Local, wherever it hurts: started again on the same data folder, it goes on, and nothing is paid for twice.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task In_the_middle_of_a_render_it_delays_the_request_and_that_is_all()
    {
        const string Prompt = "a ferry in fog";
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 3}""");
        var id = await RunAndKillAsync(bench, async caller =>
        {
            var id = await caller.SubmitAsync(bench.Body(Prompt), headers: ("Idempotency-Key", "ferry"));
            await caller.WaitForStageAsync(id, "rendering");
            return id;
        });

        var second = await bench.StartAsync();
        using var caller = new Caller(second);
        Assert.Equal(id, await caller.SubmitAsync(bench.Body(Prompt), headers: ("Idempotency-Key", "ferry")));
        await caller.CompleteAsync(id);

        var letter = Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoCompleted), (letter.Verdict, letter.Type));
        Assert.Single(await bench.Provider.SubmitsAsync(Prompt));
    }

    [Fact]
    public async Task While_the_video_is_being_saved_the_save_is_begun_again()
    {
        const string Prompt = "a slow river";
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            """{"where": "submit", "kind": "file_size", "bytes": 9000000}""",
            """{"where": "download", "kind": "dribble", "bytes_per_second": 500000, "times": 1}""");
        var id = await RunAndKillAsync(bench, async caller =>
        {
            var id = await caller.SubmitAsync(bench.Body(Prompt));
            await bench.Provider.WaitForDownloadAsync();
            Assert.Equal("saving", (await caller.StatusAsync(id))["stage"]);
            return id;
        });

        using var caller = new Caller(await bench.StartAsync());
        var result = await caller.CompleteAsync(id);

        await bench.AssertSavedAsync(result);
        Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Single(await bench.Provider.SubmitsAsync(Prompt));
    }

    [Fact]
    public async Task Again_and_again_it_still_comes_to_an_end()
    {
        const string Prompt = "a patient tortoise";
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 6}""");
        string? id = null;
        for (var kill = 1; kill <= 3; kill++)
        {
            await RunAndKillAsync(bench, async caller =>
            {
                id ??= await caller.SubmitAsync(bench.Body(Prompt));
                await caller.WaitForStageAsync(id, "rendering");
                return id;
            });
        }

        using var caller = new Caller(await bench.StartAsync());
        await caller.CompleteAsync(id!);

        Assert.Single(await bench.Inbox.WaitAsync(id!));
        Assert.Single(await bench.Provider.SubmitsAsync(Prompt));
    }

    /// <summary>Without storage no submit can be under way, so that none is left with an unknown outcome: all must complete.</summary>
    [Fact]
    public async Task Right_after_twenty_were_accepted_none_of_them_is_lost()
    {
        await using var bench = await Bench.CreateAsync();
        var folder = TestFolder.Create();
        var package = await AzuriteFixture.InstallAsync();
        var down = await AzuriteServer.StartAsync(package, folder, preferredPort: 0);
        bench.ConnectionString = down.ConnectionString;
        await down.DisposeAsync();

        List<string> ids = [];
        await RunAndKillAsync(bench, async caller =>
        {
            for (var i = 0; i < 20; i++) ids.Add(await caller.SubmitAsync(bench.Body($"one of twenty: {i}")));
            return "";
        });
        await using var up = await AzuriteServer.StartAsync(package, folder, down.Port);
        Assert.Equal(down.Port, up.Port);

        using var caller = new Caller(await bench.StartAsync());
        await Task.WhenAll(ids.Select(id => caller.CompleteAsync(id)));

        foreach (var id in ids) Assert.Single(await bench.Inbox.WaitAsync(id));
        Assert.Equal(20, (await bench.Provider.SubmitsAsync()).Count);
        Assert.Equal(20, await bench.Provider.AcceptedAsync());
    }

    private static async Task<string> RunAndKillAsync(Bench bench, Func<Caller, Task<string>> run)
    {
        var reel = await bench.StartAsync();
        using var caller = new Caller(reel);
        var id = await run(caller);
        await reel.KillAsync();
        return id;
    }
}

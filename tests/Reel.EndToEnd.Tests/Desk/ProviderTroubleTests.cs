using System.Net;
using System.Net.Sockets;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>The provider fails for a while: requests complete once it is back, on one bill each.</summary>
public sealed class ProviderTroubleTests
{
    [Fact]
    public async Task Server_errors_for_a_while_delay_requests_wherever_they_strike()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            """{"prompt_contains": "at the submit", "where": "submit", "kind": "status", "status": 503, "times": 2}""",
            """{"prompt_contains": "at the status", "where": "status", "kind": "status", "status": 500, "times": 5}""",
            """{"prompt_contains": "at the result", "where": "result", "kind": "status", "status": 502, "times": 2}""",
            """{"prompt_contains": "at the download", "where": "download", "kind": "status", "status": 503, "times": 2}""",
            """{"prompt_contains": "in the middle", "where": "download", "kind": "reset_mid_body", "times": 1}""",
            """{"prompt_contains": "with a page", "where": "download", "kind": "html", "times": 1}""");
        using var caller = new Caller(await bench.StartAsync());

        var prompts = (string[])["at the submit", "at the status", "at the result", "at the download", "in the middle", "with a page"];
        var ids = new List<string>();
        foreach (var prompt in prompts) ids.Add(await caller.SubmitAsync(bench.Body(prompt)));
        var results = await Task.WhenAll(ids.Select(id => caller.CompleteAsync(id, 90)));

        var struck = await bench.Provider.StruckAsync();
        Assert.Equal([2, 5, 2, 2, 1, 1], struck);
        foreach (var prompt in prompts) Assert.Equal(1, await bench.Provider.AcceptedAsync(prompt));
        foreach (var id in ids) Assert.Single(await bench.Inbox.WaitAsync(id));
        foreach (var result in results) await bench.AssertSavedAsync(result);
    }

    [Fact]
    public async Task At_the_rate_limit_it_waits_until_the_reset_time_and_says_so()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "rate_limit", "seconds": 2, "times": 1}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("a queue"));
        var waiting = await caller.WaitForStageAsync(id, "waiting_for_capacity");
        Assert.Equal("QUEUED", waiting["status"]);
        Assert.NotNull(waiting["trouble"]);
        Assert.NotNull(waiting["retry_at"]);
        var result = await caller.CompleteAsync(id);

        Assert.Null(result["trouble"]);
        var submits = await bench.Provider.SubmitsAsync();
        Assert.Equal([429, 200], submits.Select(submit => submit["status"]!.GetValue<int>()));
        var (refused, accepted) = (submits[0]["at"]!.GetValue<DateTimeOffset>(), submits[1]["at"]!.GetValue<DateTimeOffset>());
        Assert.True(accepted - refused >= TimeSpan.FromSeconds(1.9), $"It came back {accepted - refused} after the refusal.");
    }

    [Fact]
    public async Task No_more_submits_are_under_way_at_once_than_the_setting_allows()
    {
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "delay", "seconds": 0.5}""");
        using var caller = new Caller(await bench.StartAsync(("Segmind__MaxConcurrentSubmits", "2")));

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => caller.SubmitAsync(bench.Body($"one of many: {i}"))));
        foreach (var id in ids) await caller.CompleteAsync(id, 90);

        var times = (await bench.Provider.SubmitsAsync()).Select(submit => submit["at"]!.GetValue<DateTimeOffset>()).Order().ToList();
        Assert.Equal(8, times.Count);
        for (var i = 2; i < times.Count; i++)
            Assert.True(times[i] - times[i - 2] >= TimeSpan.FromSeconds(0.45), $"Three came within {times[i] - times[i - 2]}.");
    }

    [Fact]
    public async Task Where_nothing_listens_yet_it_tries_until_something_does()
    {
        await using var bench = await Bench.CreateAsync();
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Taken, yet nobody listens: connections are refused.
        var port = ((IPEndPoint)held.LocalEndPoint!).Port;
        using var caller = new Caller(await bench.StartAsync(("Segmind__BaseUrl", $"http://127.0.0.1:{port}")));

        var id = await caller.SubmitAsync(bench.Body("an early bird"));
        await caller.WaitAsync(id, answer => answer["trouble"] is not null, "trouble");
        held.Close();
        await using var provider = await Provider.StartAsync(port);
        await caller.CompleteAsync(id);

        Assert.Single(await provider.SubmitsAsync());
    }

    [Fact]
    public async Task A_provider_that_goes_away_in_the_middle_of_a_render_is_asked_again_when_it_is_back()
    {
        await using var bench = await Bench.CreateAsync();
        var folder = TestFolder.Create();
        var first = await Provider.StartAsync(dataFolder: folder);
        using var caller = new Caller(await bench.StartAsync(("Segmind__BaseUrl", first.Url.AbsoluteUri)));
        await first.FaultsAsync("""{"where": "submit", "kind": "render_time", "seconds": 1}""");
        var id = await caller.SubmitAsync(bench.Body("a blackout"));
        await caller.WaitForStageAsync(id, "rendering");

        await first.DisposeAsync();
        await caller.WaitAsync(id, answer => answer["trouble"] is not null, "trouble");
        await using var second = await Provider.StartAsync(first.Url.Port, dataFolder: folder);
        await caller.CompleteAsync(id);

        Assert.Single(await second.SubmitsAsync());
    }
}

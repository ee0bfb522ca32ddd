using System.Net;
using System.Net.Sockets;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>Saves in a real Reel.Local, and what its callers see of them.</summary>
public sealed class SavingDeskTests
{
    [Fact]
    public async Task A_link_into_an_inner_network_is_not_followed_and_the_caller_has_the_providers_meanwhile()
    {
        await using var bench = await Bench.CreateAsync();
        using var inner = new TcpListener(IPAddress.Loopback, 0);
        inner.Start();
        var port = ((IPEndPoint)inner.LocalEndpoint).Port;
        await bench.Provider.FaultsAsync($$"""{"where": "download", "kind": "redirect", "location": "http://127.0.0.1:{{port}}/v.mp4"}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("a detour"));
        var saving = await caller.WaitAsync(id, answer => answer["trouble"] is not null, "trouble");
        Assert.Equal(("PROCESSING", "saving"), (saving["status"], saving["stage"]));
        Assert.Contains("not followed: it is not https", saving["trouble"], StringComparison.Ordinal);
        Assert.NotNull(saving["retry_at"]);
        var record = await bench.Provider.RecordAsync((await caller.ResultAsync(id))["provider_request_id"]!);
        Assert.Equal((string?)record["output"], saving["provider_url"]);
        await bench.Provider.FaultsAsync();
        var result = await caller.CompleteAsync(id);

        await bench.AssertSavedAsync(result);
        Assert.Null(result["provider_url"]);
        Assert.False(inner.Pending());
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_from_there_in_the_same_run()
    {
        const int Length = 9_000_000;
        await using var bench = await Bench.CreateAsync();
        await bench.Provider.FaultsAsync(
            $$"""{"where": "submit", "kind": "file_size", "bytes": {{Length}}}""",
            """{"where": "download", "kind": "reset_mid_body", "bytes": 5000000, "times": 1}""");
        using var caller = new Caller(await bench.StartAsync());

        var id = await caller.SubmitAsync(bench.Body("a stumble"));
        var result = await caller.CompleteAsync(id);

        Assert.Equal(Length, (await bench.AssertSavedAsync(result)).Length);
        var downloads = await bench.Provider.TrafficAsync("download");
        Assert.Equal([200, 206], downloads.Take(2).Select(download => (int)download["status"]!));
    }
}

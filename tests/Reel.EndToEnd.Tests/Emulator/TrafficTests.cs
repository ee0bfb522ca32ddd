using System.Net;
using System.Text.Json;
using Reel.Emulator.Traffic;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class TrafficTests
{
    [Fact]
    public async Task Every_request_to_the_provider_is_seen_and_none_to_the_emulator_itself()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var url = await emulator.VideoUrlAsync();
        using var video = await emulator.Http.GetAsync(url);
        using var refused = await emulator.PostAsync("/v2/kling-2.6", "{}");
        using var odd = await emulator.Http.DeleteAsync("/v2/requests/x");

        var requests = (await emulator.GetJsonAsync("/emulator/requests")).GetProperty("requests").EnumerateArray().ToList();

        Assert.Equal(["submit", "result", "download", "submit", "other"], requests.Select(one => one.GetProperty("kind").GetString()));
        Assert.Equal([200, 200, 200, 400, 405], requests.Select(one => one.GetProperty("status").GetInt32()));
        Assert.Equal(["POST", "GET", "GET", "POST", "DELETE"], requests.Select(one => one.GetProperty("method").GetString()));
        Assert.Equal([true, false, false, false, false], requests.Select(one => one.GetProperty("accepted").GetBoolean()));
        Assert.Equal(url.AbsolutePath, requests[2].GetProperty("path").GetString());
        Assert.Single(requests.Take(3).Select(one => one.GetProperty("request_id").GetString()).Distinct());
    }

    [Fact]
    public async Task The_summary_counts_bills_and_submits_by_prompt()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""[{"where": "submit", "kind": "status", "status": 500, "prompt_contains": "fox", "times": 1}]""");
        foreach (var prompt in (string[])["fox", "fox", "wolf"])
            (await emulator.SubmitAsync(prompt)).Dispose();
        using var image = await emulator.PostAsync("/v2/kling-1.6-image2video", """{"image": "http://x/y.png"}""");

        var summary = await emulator.SummaryAsync();

        Assert.Equal(4, summary.GetProperty("total").GetInt32());
        Assert.Equal(3, summary.GetProperty("accepted").GetInt32());
        Assert.Equal(4, summary.GetProperty("by_kind").GetProperty("submit").GetInt32());
        var prompts = summary.GetProperty("submits_by_prompt");
        Assert.Equal((2, 1), (prompts.GetProperty("fox").GetProperty("submits").GetInt32(), prompts.GetProperty("fox").GetProperty("accepted").GetInt32()));
        Assert.Equal(1, prompts.GetProperty("wolf").GetProperty("accepted").GetInt32());
        Assert.Equal(1, prompts.GetProperty("http://x/y.png").GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task The_log_can_be_filtered_limited_and_cleared()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync();
        for (var poll = 0; poll < 3; poll++)
            await emulator.GetJsonAsync($"/v2/requests/{id}/status");

        var polls = await emulator.GetJsonAsync("/emulator/requests?kind=status&limit=2");
        var paths = await emulator.GetJsonAsync($"/emulator/requests?path=/v2/{TestEmulator.Text}");
        using var wrong = await emulator.Http.GetAsync("/emulator/requests?limit=many");
        using var cleared = await emulator.Http.DeleteAsync("/emulator/requests");
        var afterwards = await emulator.SummaryAsync();

        Assert.Equal(2, polls.GetProperty("requests").GetArrayLength());
        Assert.Equal(3, polls.GetProperty("summary").GetProperty("total").GetInt32());
        Assert.Equal(1, paths.GetProperty("requests").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, cleared.StatusCode);
        Assert.Equal(0, afterwards.GetProperty("total").GetInt32());
    }

    [Fact]
    public void Of_large_submits_fewer_are_kept()
    {
        var log = new TrafficLog();
        using var body = JsonDocument.Parse($$"""{"prompt": "{{new string('x', 1024 * 1024)}}"}""");
        for (var i = 0; i < 1_000; i++)
            log.Add(new TrafficEntry { At = default, Kind = "submit", Method = "POST", Path = $"/{i}", Parameters = body.RootElement });
        log.Add(new TrafficEntry { At = default, Kind = "status", Method = "GET", Path = "/poll" });

        var kept = log.All();

        Assert.InRange(kept.Count, 10, 128);
        Assert.Equal(["/999", "/poll"], kept.TakeLast(2).Select(entry => entry.Path));
    }

    [Fact]
    public async Task No_key_is_ever_kept()
    {
        var folder = Directory.CreateTempSubdirectory("reel-emulator-");
        try
        {
            await using (var emulator = await TestEmulator.StartAsync(data: folder.FullName))
            {
                await emulator.CompletedAsync();
                Assert.DoesNotContain(TestEmulator.Key, await emulator.Http.GetStringAsync("/emulator/requests"), StringComparison.Ordinal);
            }
            foreach (var file in folder.GetFiles())
                Assert.DoesNotContain(TestEmulator.Key, await File.ReadAllTextAsync(file.FullName), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

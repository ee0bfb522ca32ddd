using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reel.Emulator;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>The emulated provider in this process, a hundred times as fast, and a look at what it has seen.</summary>
internal sealed class Provider : IAsyncDisposable
{
    /// <summary>Of the right form; it opens nothing.</summary>
    public const string ApiKey = "SG_00112233aabbccdd";

    private readonly EmulatorServer server;
    private readonly HttpClient http;

    private Provider(EmulatorServer server)
    {
        this.server = server;
        http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Add("x-api-key", ApiKey);
    }

    public Uri Url => server.Url;

    /// <param name="port">0 for any.</param>
    /// <param name="dataFolder">Where its jobs survive it; null for nowhere.</param>
    public static Task<Provider> StartAsync(int port = 0, string? dataFolder = null) => StartAsync(
        new EmulatorOptions { Urls = $"http://127.0.0.1:{port}", Speed = 100, Seed = 7, ApiKeys = [ApiKey], DataFolder = dataFolder });

    /// <param name="options">With <see cref="ApiKey"/> among the keys.</param>
    public static async Task<Provider> StartAsync(EmulatorOptions options) => new(await EmulatorServer.StartAsync(options));

    /// <summary>Puts these faults in the place of all others; each as the emulator's README describes it.</summary>
    public async Task FaultsAsync(params string[] rules)
    {
        using var response = await http.PutAsync("/emulator/faults", new StringContent($"[{string.Join(",", rules)}]"));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>How many times the faults in force have struck, in their order.</summary>
    public async Task<int[]> StruckAsync() =>
        [.. (await http.GetFromJsonAsync<JsonArray>("/emulator/faults"))!.Select(rule => rule!["struck"]!.GetValue<int>())];

    /// <summary>The submits that were seen, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> SubmitsAsync(string? prompt = null) =>
        [.. (await TrafficAsync("submit")).Where(entry => prompt is null || (string?)entry["parameters"]?["prompt"] == prompt)];

    /// <summary>How many submits were accepted: the bills.</summary>
    public async Task<int> AcceptedAsync(string? prompt = null) => (await SubmitsAsync(prompt)).Count(entry => entry["accepted"]!.GetValue<bool>());

    /// <summary>Everything seen of a kind, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> TrafficAsync(string kind) =>
        [.. (await http.GetFromJsonAsync<JsonObject>($"/emulator/requests?limit=100000&kind={kind}"))!["requests"]!.AsArray().Select(entry => entry!)];

    /// <summary>Waits until a video is being sent.</summary>
    public Task WaitForDownloadAsync() => WaitForAsync("download", entry => (int?)entry["status"] == 200);

    /// <summary>Waits until a submit has come, answered or not.</summary>
    public Task WaitForSubmitAsync() => WaitForAsync("submit", _ => true);

    /// <summary>The provider's own record of a request.</summary>
    public async Task<JsonObject> RecordAsync(string id) => (await http.GetFromJsonAsync<JsonObject>($"/v2/requests/{id}"))!;

    /// <summary>The bytes of the video as the provider has them.</summary>
    public async Task<byte[]> FileAsync(string id) => await http.GetByteArrayAsync(new Uri((string)(await RecordAsync(id))["output"]!));

    private async Task WaitForAsync(string kind, Func<JsonNode, bool> condition, int seconds = 20)
    {
        var watch = Stopwatch.StartNew();
        while (!(await TrafficAsync(kind)).Any(condition))
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"Waited {seconds} seconds in vain for a {kind}.");
            await Task.Delay(30);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }
}

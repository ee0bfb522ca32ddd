using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reel.Emulator;

namespace Reel.EndToEnd.Tests.Emulator;

/// <summary>An emulator on a free port with a clock to be turned, and a client with a key.</summary>
internal sealed class TestEmulator : IAsyncDisposable
{
    public const string Key = "SG_0123456789abcdef";
    public const string Text = "kling-1.6-text2video";

    private TestEmulator(EmulatorServer server, TurnableTime time)
    {
        Server = server;
        Time = time;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = server.Url,
            DefaultRequestHeaders = { { "x-api-key", Key } },
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public EmulatorServer Server { get; }

    public TurnableTime Time { get; }

    public HttpClient Http { get; }

    public static async Task<TestEmulator> StartAsync(
        int? seed = null, string? data = null, decimal credits = 1_000_000, double speed = 1, IReadOnlyCollection<string>? keys = null,
        TurnableTime? time = null, Action? journalFault = null)
    {
        time ??= new TurnableTime();
        var server = await EmulatorServer.StartAsync(new EmulatorOptions
        {
            Urls = "http://127.0.0.1:0", Seed = seed, DataFolder = data, Credits = credits, Speed = speed, ApiKeys = keys, TimeProvider = time,
            JournalFault = journalFault,
        });
        return new TestEmulator(server, time);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) => Http.PostAsync(path, JsonBody(json));

    public Task<HttpResponseMessage> SubmitAsync(string prompt = "a fox") =>
        PostAsync($"/v2/{Text}", JsonSerializer.Serialize(new { prompt, duration = "5" }));

    /// <summary>Submits and gives the new request's id.</summary>
    public async Task<string> AcceptedAsync(string prompt = "a fox")
    {
        using var response = await SubmitAsync(prompt);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.JsonAsync()).GetProperty("request_id").GetString()!;
    }

    /// <summary>Submits, lets the time of the longest render pass, and gives the result.</summary>
    public async Task<JsonElement> CompletedAsync(string prompt = "a fox")
    {
        var id = await AcceptedAsync(prompt);
        Time.Turn(TimeSpan.FromMinutes(20));
        return await GetJsonAsync($"/v2/requests/{id}");
    }

    public async Task<Uri> VideoUrlAsync(string prompt = "a fox") => new((await CompletedAsync(prompt)).GetProperty("output").GetString()!);

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        return await response.JsonAsync();
    }

    public async Task FaultsAsync(string rules)
    {
        using var response = await Http.PutAsync("/emulator/faults", JsonBody(rules));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonElement> SummaryAsync() => (await GetJsonAsync("/emulator/requests?limit=0")).GetProperty("summary");

    public async Task<decimal> BalanceAsync() => (await GetJsonAsync("/emulator/account")).GetProperty("credits").GetDecimal();

    public static StringContent JsonBody(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

internal static class ResponseReading
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    public static async Task<string> ErrorAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (await response.JsonAsync()).GetProperty("error").GetString()!;
    }
}

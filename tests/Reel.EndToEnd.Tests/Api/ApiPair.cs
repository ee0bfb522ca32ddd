using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.EndToEnd.Tests.Emulator;
using Reel.Records;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>
/// The API twice, as two instances of an app on Azure have it: services, storage clients and ports of their own; the durable engine and the storage
/// account are what they share.
/// </summary>
internal sealed class ApiPair : IAsyncDisposable
{
    public const string Desk = ApiHost.Desk;
    public const string Shop = ApiHost.Shop;

    private readonly ApiHost[] apps;
    private readonly HttpClient http = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
    private int turn;

    private ApiPair(ApiHost[] apps, TurnableTime time, MemoryEngine engine, RecordStore records) =>
        (this.apps, Time, Engine, Records) = (apps, time, engine, records);

    public TurnableTime Time { get; }

    public MemoryEngine Engine { get; }

    public RecordStore Records { get; }

    /// <summary>The services of one of the two.</summary>
    public IServiceProvider Services => apps[0].Services;

    /// <summary>Of one of the two.</summary>
    public Uri Url => apps[0].Url;

    public static Task<ApiPair> StartAsync(AzuriteFixture azurite, params (string Name, string Value)[] settings) => StartAsync(azurite.ConnectionString, settings);

    public static async Task<ApiPair> StartAsync(string storage, params (string Name, string Value)[] settings)
    {
        var time = new TurnableTime();
        var engine = new MemoryEngine(time);
        (string, string)[] all = [("AzureWebJobsStorage", storage), .. settings];
        ApiHost[] apps = [await ApiHost.StartAsync(time, engine, all), await ApiHost.StartAsync(time, engine, all)];
        return new ApiPair(apps, time, engine, new RecordStore(new BlobServiceClient(storage)));
    }

    /// <summary>To the noon of a far-off day that no other test has, since what is kept by day stays in the storage that they share.</summary>
    public void TurnToADayOfItsOwn()
    {
        var now = Time.GetUtcNow();
        Time.Turn(TimeSpan.FromDays(RandomNumberGenerator.GetInt32(1_000, 100_000)) + TimeSpan.FromHours(12) - now.TimeOfDay);
    }

    /// <summary>Posts to the one and the other in turns.</summary>
    public async Task<Answer> PostAsync(string path, JsonObject? body = null, string? key = null, string caller = Desk)
    {
        using var request = Request(HttpMethod.Post, path, caller);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path, string caller = Desk)
    {
        using var request = Request(HttpMethod.Get, path, caller);
        return await SendAsync(request);
    }

    public async Task<Answer> DeleteAsync(string path, string caller = Desk)
    {
        using var request = Request(HttpMethod.Delete, path, caller);
        return await SendAsync(request);
    }

    /// <summary>Sends a request that is to be accepted.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SubmitAsync(string prompt, string? key = null)
    {
        var answer = await PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = prompt }, key);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
        return answer["request_id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var app in apps) await app.DisposeAsync();
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string caller)
    {
        var app = apps[Interlocked.Increment(ref turn) & 1];
        return new HttpRequestMessage(method, new Uri(app.Url, path)) { Headers = { { "x-api-key", caller } } };
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers, response.Content.Headers);
    }
}

using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>A desk with two callers. The owner has requests of every kind; the stranger knows everything about them but the owner's key.</summary>
public sealed class IsolationDesk : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>No case's answer to the stranger may hold it.</summary>
    public const string Secret = "the owner's own lighthouse";

    /// <summary>An endpoint of the owner's that nobody answers at.</summary>
    public const string DeadUrl = "http://127.0.0.1:9/the-owners-hook";

    /// <summary>The owner's webhooks can be verified with it.</summary>
    public const string OwnersPublicKey = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    private const string OwnersPrivateKey = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string OwnersKey = "owner-key-of-sixteen-characters";
    private const string StrangersKey = "stranger-key-of-sixteen-characters";

    private Bench bench = null!;
    private Caller caller = null!;

    /// <summary>An idempotency key of the owner's; the request is <see cref="Done"/>.</summary>
    public string IdempotencyKey { get; } = $"key {Guid.NewGuid()}";

    /// <summary>COMPLETED.</summary>
    public string Done { get; private set; } = "";

    /// <summary>Under way for ever.</summary>
    public string Busy { get; private set; } = "";

    /// <summary>FAILED with submit_outcome_unknown.</summary>
    public string Unknown { get; private set; } = "";

    /// <summary>A batch, under way for ever: of the two that follow.</summary>
    public string Batch { get; private set; } = "";

    /// <summary>Under way for ever, as part of the batch.</summary>
    public string Begun { get; private set; } = "";

    /// <summary>Not begun before the other has ended.</summary>
    public string Waiting { get; private set; } = "";

    /// <summary>All requests.</summary>
    public IReadOnlyList<string> Ids => [Done, Busy, Unknown, Begun, Waiting];

    public async Task InitializeAsync()
    {
        bench = await Bench.CreateAsync();
        var reel = await bench.StartAsync(("Api__Keys__owner", OwnersKey), ("Api__Keys__stranger", StrangersKey), ("Webhooks__Keys__owner__Secret", OwnersPrivateKey));
        caller = new Caller(reel);
        await bench.Provider.FaultsAsync("""{"where": "submit", "kind": "reset", "accept": true, "prompt_contains": "a ghost"}""");
        Done = await SubmitAsync(Secret, ("Idempotency-Key", IdempotencyKey));
        Busy = await SubmitAsync($"{Secret} [stuck]");
        Unknown = (await AsOwnerAsync("POST", "/v2/kling-2.6", new JsonObject { ["prompt"] = $"{Secret}: a ghost", ["webhook_url"] = DeadUrl }))["request_id"]!;
        JsonObject[] items = [new() { ["model"] = "kling-2.6", ["prompt"] = $"{Secret} [stuck]" }, new() { ["model"] = "kling-2.6", ["prompt"] = Secret }];
        var batch = await AsOwnerAsync(
            "POST", "/v2/batches", new JsonObject { ["requests"] = new JsonArray([.. items]), ["concurrency"] = 1 }, ("Idempotency-Key", IdempotencyKey));
        Batch = batch["batch_id"]!;
        (Begun, Waiting) = ((string)batch.Body!["request_ids"]![0]!, (string)batch.Body["request_ids"]![1]!);
        await WaitAsync(Done, "COMPLETED");
        await WaitAsync(Begun, "PROCESSING");
        await WaitAsync(Unknown, "FAILED");
        await WaitForTroubleAsync();
    }

    public async Task DisposeAsync()
    {
        caller.Dispose();
        await bench.DisposeAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    internal Task<Answer> AsOwnerAsync(string method, string path, JsonObject? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(OwnersKey, method, path, body, headers);

    internal Task<Answer> AsStrangerAsync(string method, string path, JsonObject? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(StrangersKey, method, path, body, headers);

    private async Task<string> SubmitAsync(string prompt, params (string Name, string Value)[] headers)
    {
        var answer = await AsOwnerAsync("POST", "/v2/kling-2.6", new JsonObject { ["prompt"] = prompt, ["metadata"] = new JsonObject { ["note"] = Secret } }, headers);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
        return answer["request_id"]!;
    }

    private async Task WaitAsync(string id, string status)
    {
        var watch = Stopwatch.StartNew();
        while (await AsOwnerAsync("GET", $"/v2/requests/{id}/status") is var answer && answer["status"] != status)
        {
            Assert.True(watch.Elapsed.TotalSeconds < 60, $"Waited 60 seconds in vain for {status} of {id}: {answer.Body}");
            await Task.Delay(30);
        }
    }

    private async Task WaitForTroubleAsync()
    {
        var watch = Stopwatch.StartNew();
        while ((await AsOwnerAsync("GET", "/v2/webhooks/endpoints")).Body!["endpoints"]!.AsArray().Count == 0)
        {
            Assert.True(watch.Elapsed.TotalSeconds < 60, "Waited 60 seconds in vain for the endpoint to be seen to fail.");
            await Task.Delay(30);
        }
    }

    private async Task<Answer> SendAsync(string key, string method, string path, JsonObject? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "x-api-key", key } } };
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await caller.SendAsync(request);
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>How long a call that spends money waits for what, and what it says then.</summary>
public sealed class PatienceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const string Prompt = """{"prompt": "a lighthouse"}""";

    private readonly HandTime time = new();
    private readonly TaskCompletionSource held = new();
    private MemoryEngine engine = null!;
    private ApiHost host = null!;
    private HttpClient Caller { get; set; } = null!;

    public async Task InitializeAsync()
    {
        engine = new MemoryEngine(time);
        host = await ApiHost.StartAsync(
            time, engine, ("AzureWebJobsStorage", azurite.ConnectionString), ("Api:SyncWait", "00:03:00"), ("Api:Limits:shop:InFlight", "1"));
        Caller = new HttpClient { BaseAddress = host.Url, Timeout = TimeSpan.FromMinutes(5) };
    }

    public async Task DisposeAsync()
    {
        held.TrySetResult();
        Caller.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_whose_start_takes_long_is_waited_for_since_it_may_come_true()
    {
        engine.StartGate = held.Task;
        var call = PostAsync("/v2/batches", """{"requests": [{"model": "kling-2.6", "prompt": "a lighthouse"}]}""");
        await Wait.UntilAsync(() => engine.Starts == 1, "the start");

        time.Ring();
        held.SetResult();
        using var answer = await call;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(engine.Started);
    }

    [Fact]
    public async Task The_wait_for_a_video_begins_with_the_call()
    {
        engine.StartGate = held.Task;
        var call = PostAsync("/v1/kling-2.6", Prompt);
        await Wait.UntilAsync(() => engine.Starts == 1, "the start");

        time.Turn(TimeSpan.FromMinutes(4));
        held.SetResult();
        using var answer = await call;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("still_under_way", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error_code"]);
        Assert.Equal(1, engine.Asked);
    }

    [Fact]
    public async Task The_first_look_at_the_limits_is_waited_for_by_each_call_for_a_while_and_done_once()
    {
        engine.ListGate = held.Task;
        foreach (var path in (string[])["/v2/kling-2.6", "/v2/kling-2.6?dry_run=true"])
        {
            var call = PostAsync(path, Prompt, ApiHost.Shop);
            await Wait.UntilAsync(() => engine.Listed.Count == 1, "the look");
            await RingUntilAsync(call);
            using var refused = await call;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.Contains("Retry-After")));
            Assert.Contains("Nothing was started", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        held.SetResult();
        using var answer = await PostAsync("/v2/kling-2.6", Prompt, ApiHost.Shop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(engine.Started);
        Assert.Equal(3, engine.Listed.Count); // batches, requests of late, open requests
    }

    [Fact]
    public async Task An_engine_that_fails_when_limits_are_looked_up_has_started_nothing_and_says_so()
    {
        engine.ListTrouble = true;
        using var refused = await PostAsync("/v2/kling-2.6", Prompt, ApiHost.Shop);
        engine.ListTrouble = false;
        using var answer = await PostAsync("/v2/kling-2.6", Prompt, ApiHost.Shop);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.Contains("Retry-After")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // The call may not wait yet when its look is there already.
    private async Task RingUntilAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            time.Ring();
            await Task.WhenAny(call, Task.Delay(20));
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, string key = ApiHost.Desk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { { "x-api-key", key } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await Caller.SendAsync(request);
    }
}

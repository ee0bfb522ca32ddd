using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Query parameters of calls that spend money: what is not known is refused, and nothing is started.</summary>
public sealed class SpendingQueryTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";
    private const string Prompt = """{"prompt": "a lighthouse"}""";
    private const string Item = """{"model": "kling-2.6", "prompt": "a lighthouse"}""";
    private const string Batch = $$"""{"requests": [{{Item}}]}""";

    private readonly MemoryEngine engine = new(TimeProvider.System);
    private ApiHost host = null!;
    private HttpClient Caller { get; set; } = null!;

    public async Task InitializeAsync()
    {
        host = await ApiHost.StartAsync(TimeProvider.System, engine);
        Caller = new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { { "x-api-key", ApiHost.Desk } } };
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("/v2/batches?dry_run=true", Json, Batch, "dry_run")]
    [InlineData("/v2/batches?dry_run=true", Lines, Item, "dry_run")]
    [InlineData("/v2/batches?concurency=2", Lines, Item, "concurency")]
    [InlineData("/v2/batches?concurrency=2", Json, Batch, "concurrency")]
    [InlineData("/v2/requests/9f4b9c3e-1234-8abc-9def-0123456789ab/resubmit?dry_run=true", Json, "{}", "dry_run")]
    [InlineData("/v2/kling-2.6?dryrun=true", Json, Prompt, "dryrun")]
    [InlineData("/v2/kling-2.6?idempotency_key=a", Json, Prompt, "idempotency_key")]
    [InlineData("/v1/kling-2.6?webhook=https://example.com", Json, Prompt, "webhook")]
    public async Task One_that_is_not_known_is_refused_by_its_name(string path, string type, string body, string name)
    {
        using var answer = await Caller.PostAsync(path, new StringContent(body, Encoding.UTF8, type));
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.StatusCode, (string?)error["error_code"]));
        Assert.Equal([name], error["errors"]!.AsObject().Select(one => one.Key));
        Assert.Empty(engine.Started);
        (await Description.ReadAsync(Caller)).AssertAnswer("POST", path, 400, Json, error.ToJsonString());
    }

    [Fact]
    public async Task A_known_one_may_be_spelled_in_any_case()
    {
        using var answer = await Caller.PostAsync("/v2/kling-2.6?Dry_Run=TRUE", new StringContent(Prompt, Encoding.UTF8, Json));

        Assert.True((bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["dry_run"]!);
    }
}

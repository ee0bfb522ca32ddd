using System.Text.Json.Nodes;
using Reel.Cli.Bulk;
using Reel.Cli.Terminal;
using Reel.Cli.Tests.Client;
using Reel.Client;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>A run of which some was sent before, or of which not all can be sent.</summary>
public sealed class BatchRunTests : IDisposable
{
    private const string Id = "fe5e0481-fc94-85f9-85bd-115649ebc1d8";
    private const string Batch = """{"status": "COMPLETED", "batch_id": "b", "counts": {"total": 1, "queued": 0, "in_flight": 0, "completed": 1, "failed": 0}, "concurrency": 1}""";
    private const string Gone = $$"""{"status": "COMPLETED", "request_id": "{{Id}}", "batch_index": 0, "video_gone": true}""";

    private readonly BatchFolder folder = BatchFolder.Open(TestFolder.Create());
    private readonly StringWriter data = new();
    private readonly StringWriter talk = new();

    public static TheoryData<int, string, string> Refusals => new()
    {
        { 429, """{"error": "The day's money is spent", "error_code": "usd_per_day_limit", "limit": {"name": "usd_per_day", "value": 1, "used": 1, "asked": 1}}""", "The day's money is spent" },
        { 400, """{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[0].prompt": "is wrong"}}""", "line 2: prompt is wrong" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Where_no_more_can_be_sent_what_was_accepted_is_brought_home_all_the_same(int status, string refusal, string said)
    {
        var input = await BatchInput.ReadAsync(new StringReader("{}\n{}"), CancellationToken.None);
        folder.Save(new BatchState("a-run", "u", [new Chunk([1], input.Hash([1]), null, DateTimeOffset.UtcNow, "b")]));
        var server = new Router(status, refusal);

        var (results, run) = await RunAsync(server, input);

        Assert.Contains(said, run.Stopped!.Message, StringComparison.Ordinal);
        Assert.Contains($"No more is sent for now: {said}", talk.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, "video_gone"), (Assert.Single(results).Line, results[0].ErrorCode));
        Assert.Single(folder.State!.Chunks);
    }

    [Fact]
    public async Task A_run_that_is_gone_on_with_writes_what_was_known_before_as_well()
    {
        var input = await BatchInput.ReadAsync(new StringReader("{}\n{}"), CancellationToken.None);
        folder.Save(new BatchState("a-run", "u", [new Chunk([1], input.Hash([1]), null, DateTimeOffset.UtcNow, "b")]));
        folder.Add(new BatchResult(1, BatchResult.Failed, Id, "b", ErrorCode: "provider_failed"));
        var server = new Router(200, Batch);

        var (results, run) = await RunAsync(server, input);

        Assert.Null(run.Stopped);
        Assert.Equal([1, 2], results.Select(result => result.Line));
        Assert.Equal([1, 2], data.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (int)JsonNode.Parse(line)!["line"]!));
    }

    public void Dispose() => folder.Dispose();

    private async Task<(IReadOnlyList<BatchResult> Results, BatchRun Run)> RunAsync(Router server, BatchInput input)
    {
        using var client = new ReelClient(new ReelClientOptions(new Uri("http://reel.test"), "key"), server);
        using var screen = new Screen(isJson: true, data, talk, isTerminal: false, isLive: false);
        var run = new BatchRun(client, folder, input, screen, TimeProvider.System);
        return (await run.RunAsync(new BatchWishes(), again: null, CancellationToken.None), run);
    }

    /// <summary>Knows one batch of one request, whose video is gone, and answers submits as it is told.</summary>
    private sealed class Router(int submitStatus, string submitAnswer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var (status, answer) = request.Method == HttpMethod.Post ? (submitStatus, submitAnswer)
                : path == "/v2/batches" ? (200, """{"batches": []}""")
                : path == "/v2/batches/b" ? (200, Batch)
                : path == "/v2/batches/b/requests" ? (200, $$"""{"requests": [{{Gone}}]}""")
                : (200, Gone);
            return Task.FromResult(FakeServer.Json(status, answer)(new Client.Call(request.Method.Method, path, new Dictionary<string, string>(), "")));
        }
    }
}

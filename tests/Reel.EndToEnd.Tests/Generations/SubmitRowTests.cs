using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;
using Reel.Tests.Orchestration;
using Reel.Tests.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>
/// The rule for submits, row by row, from the wire to what the request ends as: real sockets, the real client, activity and storage, and the orchestrator in
/// virtual time. The provider does its worst once and would accept any further submit, so that one too many shows in the number of POSTs.
/// </summary>
public sealed class SubmitRowTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Taken = """{"request_id": "3f0c6a3e-6a5e-4d6b-9f3b-0d8f3b1c2a4e", "status": "QUEUED"}""";

    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["200 with a request id"] = Row.Completed(exchange => exchange.AnswerAsync(200, Taken), posts: 1),
        ["202 with a request id"] = Row.Completed(exchange => exchange.AnswerAsync(202, Taken), posts: 1),
        ["200 without a request id"] = Row.Unknown(exchange => exchange.AnswerAsync(200, """{"status": "QUEUED"}""")),
        ["200 that is no JSON"] = Row.Unknown(exchange => exchange.AnswerAsync(200, "<html>Welcome</html>", contentType: "text/html")),
        ["204"] = Row.Unknown(exchange => exchange.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n")),
        ["302"] = Row.Unknown(exchange => exchange.AnswerAsync(302, "", "Location: /elsewhere\r\n")),
        ["307 to the same place"] = Row.Unknown(exchange => exchange.AnswerAsync(307, "", "Location: /v2/kling-2.6\r\n")),
        ["101"] = Row.Unknown(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n");
            exchange.Close();
        }),
        ["400"] = Row.Refused(400),
        ["401"] = Row.Refused(401),
        ["403"] = Row.Refused(403),
        ["404"] = Row.Refused(404),
        ["405 as a page"] = Row.Ends(exchange => exchange.AnswerAsync(405, "<html>No</html>", contentType: "text/html"), ErrorCodes.SubmitRefused, Charged.No),
        ["406 for credits"] = Row.Ends(exchange => exchange.AnswerAsync(406, """{"error": "Insufficient credits: balance 0.2, need 0.5"}"""), ErrorCodes.InsufficientCredits, Charged.No),
        ["406 without a word"] = Row.Ends(exchange => exchange.AnswerAsync(406, ""), ErrorCodes.InsufficientCredits, Charged.No),
        ["406 for the content type"] = Row.Ends(exchange => exchange.AnswerAsync(406, """{"error": "Invalid content type"}"""), ErrorCodes.SubmitRefused, Charged.No),
        ["406 for a spend limit"] = Row.Ends(exchange => exchange.AnswerAsync(406, """{"error": "Spend limit reached"}"""), ErrorCodes.InsufficientCredits, Charged.No),
        ["408"] = Row.Unknown(exchange => exchange.AnswerAsync(408, "")),
        ["410"] = Row.Refused(410),
        ["422"] = Row.Refused(422),
        ["429 with a reset time"] = Row.Completed(exchange => exchange.AnswerAsync(429, "", "x-rate-limit-reset-at-utc: 2026-11-01T12:00:20Z\r\n"), posts: 2),
        ["429 without one"] = Row.Completed(exchange => exchange.AnswerAsync(429, ""), posts: 2),
        ["500"] = Row.Completed(exchange => exchange.AnswerAsync(500, """{"error": "oops"}"""), posts: 2),
        ["502"] = Row.Completed(exchange => exchange.AnswerAsync(502, "<html>Bad gateway</html>", contentType: "text/html"), posts: 2),
        ["503"] = Row.Completed(exchange => exchange.AnswerAsync(503, ""), posts: 2),
        ["504"] = Row.Unknown(exchange => exchange.AnswerAsync(504, """{"error": "timeout"}""")),
        ["520"] = Row.Unknown(exchange => exchange.AnswerAsync(520, "")),
        ["524"] = Row.Unknown(exchange => exchange.AnswerAsync(524, "")),
        ["598"] = Row.Unknown(exchange => exchange.AnswerAsync(598, "")),
        ["599"] = Row.Unknown(exchange => exchange.AnswerAsync(599, "")),
        ["200 that is cut off"] = Row.Unknown(exchange => CutOffAsync(exchange, 200)),
        ["400 that is cut off"] = Row.Unknown(exchange => CutOffAsync(exchange, 400)),
        ["503 that is cut off"] = Row.Unknown(exchange => CutOffAsync(exchange, 503)),
        ["over-long"] = Row.Unknown(exchange => exchange.AnswerAsync(400, new string(' ', 100_000))),
        ["no HTTP"] = Row.Unknown(async exchange =>
        {
            await exchange.WriteAsync("SSH-2.0-OpenSSH_9.6\r\n\r\n");
            exchange.Close();
        }),
        ["reset after the request"] = Row.Unknown(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        }),
        ["closed after the request"] = Row.Unknown(exchange =>
        {
            exchange.Close();
            return Task.CompletedTask;
        }),
        ["no answer in time"] = Row.Unknown(exchange => exchange.HangAsync()) with { Limit = TimeSpan.FromSeconds(1) },
        ["half an answer in time"] = Row.Unknown(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
            await exchange.HangAsync();
        }) with { Limit = TimeSpan.FromSeconds(1) },
        ["no connection"] = new Row(_ => Task.CompletedTask, ErrorCodes.TimedOut, Charged.No, Posts: 0, Scheme: "https"), // It speaks no TLS.
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_ends_as_its_row_says_and_was_posted_as_often(string name)
    {
        var row = Rows[name];
        await using var server = LoopbackServer.Answering(row.Answer, exchange => exchange.AnswerAsync(200, Taken));

        var state = await RunAsync($"{row.Scheme}://127.0.0.1:{server.Port}", row.Limit);

        Assert.Equal((row.ErrorCode, row.Charged), (state.ErrorCode, state.Charged!.Value));
        Assert.Equal(row.Posts, server.Requests.Count(request => request.Method == "POST"));
        Assert.True(row.Posts == 0 || server.Connections == row.Posts);
    }

    private async Task<GenerationState> RunAsync(string provider, TimeSpan? limit)
    {
        var request = new GenerationRequest(
            RequestId.New(Noon), "local", "kling-2.6", """{"prompt":"a lighthouse"}""", Noon, Noon.AddMinutes(2), new PollSchedule(120, 30, 60), "https://reel.test",
            Steps: GenerationRequest.StepsNow);
        var context = new FakeOrchestrationContext(Noon, InstanceIds.Of("local", request.RequestId));
        var clock = new VirtualClock(context);
        await using var services = Client(provider, limit);
        using var gate = new SubmitGate(Options.Create(new SegmindOptions()), clock, NullLogger<SubmitGate>.Instance);
        var records = new RecordStore(new BlobServiceClient(azurite.ConnectionString));
        var submissions = new Submissions(records, SegmindTimings.Default, clock, NullLogger<Submissions>.Instance);
        var times = new RenderTimes(records, Options.Create(new SegmindOptions()), TimeProvider.System, NullLogger<RenderTimes>.Instance);
        var plans = new PollPlans(times, Options.Create(new PollingOptions()), NullLogger<PollPlans>.Instance);
        var submit = new SubmitActivity(services.GetRequiredService<ISegmindClient>(), submissions, gate, plans, clock);

        // Away from the orchestrator's thread, which runs one thing at a time.
        context.On(Activities.Submit, input => Task.Run(() => submit.RunAsync(input, CancellationToken.None)).GetAwaiter().GetResult());
        context.On(Activities.Check, _ => new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4"));
        context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(new SavedVideo("one.mp4", 1, new string('a', 64), "video/mp4")));
        return await Task.Run(() => context.Run(GenerationOrchestrator.RunAsync, request));
    }

    private static ServiceProvider Client(string provider, TimeSpan? limit)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Segmind:ApiKey", "SG_0123456789abcdef"), new("Segmind:BaseUrl", provider)]).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(SegmindTimings.Default with { Submit = limit ?? SegmindTimings.Default.Submit })
            .AddSegmind(configuration)
            .BuildServiceProvider();
    }

    private static async Task CutOffAsync(Exchange exchange, int status)
    {
        await exchange.WriteAsync($"HTTP/1.1 {status} X\r\nContent-Length: 1000\r\n\r\n{Taken}");
        exchange.Close();
    }

    private sealed record Row(Func<Exchange, Task> Answer, string? ErrorCode, Charged Charged, int Posts, string Scheme = "http")
    {
        /// <summary>How long the provider is given, where it does not answer.</summary>
        public TimeSpan? Limit { get; init; }

        public static Row Completed(Func<Exchange, Task> answer, int posts) => new(answer, null, Charged.Yes, posts);

        public static Row Unknown(Func<Exchange, Task> answer) => Ends(answer, ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);

        public static Row Refused(int status) =>
            Ends(exchange => exchange.AnswerAsync(status, """{"error": "no"}"""), ErrorCodes.SubmitRefused, Charged.No);

        public static Row Ends(Func<Exchange, Task> answer, string code, Charged charged) => new(answer, code, charged, Posts: 1);
    }

    private sealed class VirtualClock(FakeOrchestrationContext context) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => context.UtcNow;
    }
}

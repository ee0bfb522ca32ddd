using System.Globalization;
using Reel.Cli.Bulk;
using Reel.Cli.Commands;
using Reel.Cli.Terminal;
using Reel.Cli.Tests.Client;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>What is sent when something was sent before of which nobody knows what became, and when a limit is in the way.</summary>
public sealed class BatchSenderTests : IDisposable
{
    private const string Run = "a-run";
    private const string Found = """{"status": "COMPLETED", "batch_id": "found", "counts": {"total": 2, "queued": 0, "in_flight": 0, "completed": 2, "failed": 0}, "concurrency": 1""";
    private const string Limit = """{"error": "e", "error_code": "in_flight_limit", "limit": {"name": "in_flight", "value": 1, "used": 0, "asked": 2}}""";

    private readonly BatchFolder folder = BatchFolder.Open(TestFolder.Create());

    private static DateTimeOffset LongAgo => DateTimeOffset.UtcNow.AddDays(-3);

    [Fact]
    public async Task What_was_heard_days_ago_is_found_by_what_is_written_in_it()
    {
        var input = await InputAsync();
        folder.Save(new BatchState(Run, "u", [new Chunk([1, 2], input.Hash([1, 2]), null, LongAgo)]));
        var server = new FakeServer(FakeServer.Json(200, $$$"""{"batches": [{{{Found}}}, "metadata": {"reel_batch": "a-run", "first_line": 1}}]}"""));

        var chunk = Assert.Single(await SendAsync(server, input));

        Assert.Equal("found", chunk.BatchId);
        Assert.Equal("GET", Assert.Single(server.Calls).Method);
    }

    [Theory]
    [InlineData(-30, true)]
    [InlineData(-1, false)]
    public async Task What_is_not_found_is_sent_only_where_it_would_be_remembered(int rememberedDays, bool isSent)
    {
        var input = await InputAsync();
        folder.Save(new BatchState(Run, "u", [new Chunk([1, 2], input.Hash([1, 2]), null, LongAgo)]));
        var remembered = DateTimeOffset.UtcNow.AddDays(rememberedDays).ToString("O", CultureInfo.InvariantCulture);
        var server = new FakeServer(
            FakeServer.Json(200, """{"batches": []}"""),
            FakeServer.Json(200, $$$"""{"since": "{{{remembered}}}", "until": "{{{remembered}}}", "remembered_since": "{{{remembered}}}", "total": {}, "days": []}"""),
            FakeServer.Json(200, Found + "}"));

        if (isSent) Assert.Equal("found", Assert.Single(await SendAsync(server, input)).BatchId);
        else await Assert.ThrowsAsync<CommandException>(() => SendAsync(server, input));

        Assert.Equal(isSent, server.Calls.Any(call => call.Method == "POST"));
    }

    [Fact]
    public async Task What_a_limit_never_lets_through_at_once_goes_in_parts_with_keys_of_their_own()
    {
        var input = await InputAsync();
        folder.Save(new BatchState(Run, "u", []));
        var server = new FakeServer(
            FakeServer.Json(429, Limit), FakeServer.Json(200, """{"batches": []}"""), FakeServer.Json(200, Found + "}"), FakeServer.Json(200, Found + "}"));

        var chunks = await SendAsync(server, input);

        Assert.Equal([[1], [2]], chunks.Select(chunk => chunk.Lines));
        Assert.Equal(3, server.Calls.Where(call => call.Method == "POST").Select(call => call.Headers["Idempotency-Key"]).Distinct().Count());
        Assert.Equal(2, folder.State!.Chunks.Count);
    }

    [Theory]
    [InlineData(400, """{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[0].prompt": "is wrong"}}""")]
    [InlineData(406, """{"error": "e", "error_code": "limit"}""")]
    [InlineData(413, """{"error": "e", "error_code": "too_large"}""")]
    [InlineData(429, Limit)]
    public async Task What_was_heard_before_it_was_refused_is_found_and_not_sent_again(int status, string refusal)
    {
        var input = await InputAsync();
        folder.Save(new BatchState(Run, "u", [new Chunk([1, 2], input.Hash([1, 2]), null, DateTimeOffset.UtcNow)]));
        var server = new FakeServer(
            FakeServer.Json(status, refusal),
            FakeServer.Json(200, $$$"""{"batches": [{{{Found}}}, "metadata": {"reel_batch": "a-run", "first_line": 1}}]}"""));

        var chunk = Assert.Single(await SendAsync(server, input));

        Assert.Equal(("found", "found"), (chunk.BatchId, Assert.Single(folder.State!.Chunks).BatchId));
        Assert.Single(server.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task A_refusal_on_which_the_server_may_have_forgotten_sends_nothing_again()
    {
        var input = await InputAsync();
        folder.Save(new BatchState(Run, "u", [new Chunk([1, 2], input.Hash([1, 2]), null, DateTimeOffset.UtcNow)]));
        var now = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        var server = new FakeServer(
            FakeServer.Json(413, """{"error": "e", "error_code": "too_large"}"""),
            FakeServer.Json(200, """{"batches": []}"""),
            FakeServer.Json(200, $$$"""{"since": "{{{now}}}", "until": "{{{now}}}", "remembered_since": "{{{now}}}", "total": {}, "days": []}"""));

        await Assert.ThrowsAsync<CommandException>(() => SendAsync(server, input));

        Assert.Single(folder.State!.Chunks);
        Assert.Single(server.Calls, call => call.Method == "POST");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_was_ordered_again_is_not_taken_for_the_batch_of_the_first_time(bool isOld, bool isHeard)
    {
        var input = await InputAsync();
        var (first, sentAt) = (new Chunk([1, 2], input.Hash([1, 2]), null, LongAgo, "first"), isOld ? LongAgo : DateTimeOffset.UtcNow);
        folder.Save(new BatchState(Run, "u", [first, new Chunk([1, 2], input.Hash([1, 2]), null, sentAt, Round: 2)], OpenRound: 2));
        var second = isHeard ? $$$"""{{{Found}}}, "metadata": {"reel_batch": "a-run", "first_line": 1, "round": 2}}, """ : "";
        var list = FakeServer.Json(200, $$$"""{"batches": [{{{second}}}{{{Found.Replace("found", "first", StringComparison.Ordinal)}}}, "metadata": {"reel_batch": "a-run", "first_line": 1}}]}""");
        var usage = FakeServer.Json(200, """{"since": "2020-01-01T00:00:00Z", "until": "2020-01-01T00:00:00Z", "remembered_since": "2020-01-01T00:00:00Z", "total": {}, "days": []}""");
        var refused = FakeServer.Json(400, """{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[0].prompt": "is wrong"}}""");
        var server = isOld ? new FakeServer(list, usage, FakeServer.Json(200, Found + "}")) : new FakeServer(refused, list, usage);

        if (isOld || isHeard) Assert.Equal(["first", "found"], (await SendAsync(server, input)).Select(chunk => chunk.BatchId));
        else await Assert.ThrowsAsync<CommandException>(() => SendAsync(server, input));

        Assert.Equal(isOld || isHeard ? ["first", "found"] : ["first"], folder.State!.Chunks.Select(chunk => chunk.BatchId));
        Assert.Equal(isOld && isHeard ? 0 : 1, server.Calls.Count(call => call.Method == "POST"));
    }

    public void Dispose() => folder.Dispose();

    private static Task<BatchInput> InputAsync() => BatchInput.ReadAsync(new StringReader("{}\n{}"), CancellationToken.None);

    private async Task<List<Chunk>> SendAsync(FakeServer server, BatchInput input)
    {
        using var client = server.Connect();
        using var screen = new Screen(isJson: false, TextWriter.Null, TextWriter.Null, isTerminal: false, isLive: false);
        return await new BatchSender(client, folder, input, screen, new BatchWishes(), again: null, TimeProvider.System).SendAsync(CancellationToken.None).ToListAsync();
    }
}

using System.Text.Json.Nodes;
using Reel.Cli.Bulk;
using Reel.Cli.Terminal;
using Reel.Cli.Tests.Client;
using Reel.Client;
using Reel.EndToEnd.Tests.Azurite;

namespace Reel.Cli.Tests.Bulk;

/// <summary>Lines that FAILED and are ordered again: by whom it was asked, once in a round, and whatever is killed when.</summary>
public sealed class BatchRetryTests
{
    private readonly string path = TestFolder.Create();
    private readonly Provider server = new();
    private readonly System.Text.StringBuilder talk = new();

    [Fact]
    public async Task A_plain_run_orders_nothing_again()
    {
        await RunAsync();

        var results = await RunAsync();

        Assert.Equal(["FAILED", "FAILED", "FAILED"], results.Select(result => result.Status));
        Assert.Single(server.Orders);
    }

    [Fact]
    public async Task Ordered_again_are_those_that_were_not_charged_and_the_others_only_when_that_is_said_too()
    {
        await RunAsync();

        await RunAsync(failed: true);
        var results = await RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1", "1 2 3"], server.Orders.Select(order => order.Lines));
        Assert.Contains("Ordering again: line 1.", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("Not ordered again, since they were charged or may have been: lines 2-3.", talk.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, server.Orders.Select(order => order.Key).Distinct().Count());
        Assert.Equal([2, 1, 1], results.Select(result => result.Earlier?.Count ?? 0));
    }

    [Fact]
    public async Task What_is_rendered_in_the_end_counts_what_was_paid_before_and_is_not_ordered_again()
    {
        await RunAsync();
        server.Fails = false;

        var results = await RunAsync(failed: true, charged: true);
        await RunAsync(failed: true, charged: true);

        Assert.All(results, result => Assert.Equal("COMPLETED", result.Status));
        Assert.Equal([1m, 3m, 1m], results.Select(result => result.TotalCost)); // 2 was charged, though it FAILED
        Assert.Equal("submit_outcome_unknown", Assert.Single(results[2].Earlier!).ErrorCode);
        Assert.Equal(2, server.Orders.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_between_what_is_written_down_and_the_order_it_is_ordered_once_by_the_same_key(bool isHeard)
    {
        await RunAsync();
        server.Dies = isHeard ? Death.AfterTheOrder : Death.BeforeTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(failed: true, charged: true));
        server.Dies = Death.Never;

        var results = await RunAsync(failed: true, charged: true);

        Assert.Equal(2, server.Orders.Count); // The server knows a key that it has heard.
        Assert.Equal(3, server.Calls);
        Assert.All(results, result => Assert.Equal(server.Orders[1].Batch, result.BatchId));
    }

    [Fact]
    public async Task A_plain_run_after_a_kill_goes_on_with_what_was_written_down()
    {
        await RunAsync();
        server.Dies = Death.BeforeTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(failed: true));
        server.Dies = Death.Never;

        var results = await RunAsync();
        await RunAsync();

        Assert.Equal(["1 2 3", "1"], server.Orders.Select(order => order.Lines));
        Assert.Equal("batch-2", results[0].BatchId);
    }

    [Fact]
    public async Task Killed_after_a_line_has_failed_again_the_same_run_does_not_order_it_a_third_time()
    {
        await RunAsync();
        server.Dies = Death.AfterTheOrder;
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(failed: true));
        server.Dies = Death.Never;

        await RunAsync(failed: true);
        Assert.Equal(2, server.Orders.Count);
        await RunAsync(failed: true);

        Assert.Equal(["1 2 3", "1", "1"], server.Orders.Select(order => order.Lines));
    }

    [Fact]
    public async Task A_line_whose_request_was_sent_again_by_hand_is_left_out()
    {
        await RunAsync();
        server.Resubmitted = true;

        await RunAsync(failed: true, charged: true);

        Assert.Equal(["1 2 3", "1 2"], server.Orders.Select(order => order.Lines));
        Assert.Contains("Line 3 was sent again already, as ", talk.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_does_not_take_again_stays_what_it_was()
    {
        await RunAsync();
        server.Refuses = true;

        var results = await RunAsync(failed: true, skipInvalid: true);

        Assert.Equal(["FAILED", "FAILED", "FAILED"], results.Select(result => result.Status));
        Assert.Contains("Line 1 is not ordered again: model is no more", talk.ToString(), StringComparison.Ordinal);
        using var folder = BatchFolder.Open(path);
        Assert.Single(folder.State!.Chunks);
    }

    [Fact]
    public async Task The_summary_says_which_lines_nobody_knows_about_what_to_look_at_and_how_to_go_on()
    {
        var results = await RunAsync();

        using var screen = new Screen(isJson: false, TextWriter.Null, new StringWriter(talk), isTerminal: false, isLive: false);
        var code = BatchSummary.Write(screen, "out", results);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("It is not known whether the provider took line 3: ", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 that FAILED was not charged. To order it again, run the same with --retry-failed.", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 that FAILED were charged, or may have been.", talk.ToString(), StringComparison.Ordinal);
        Assert.Contains("--retry-failed --retry-charged", talk.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line 3", 3)]
    [InlineData("lines 3-4", 4, 3)]
    [InlineData("lines 1, 3-5, 9", 1, 3, 4, 5, 9)]
    public void Lines_are_shown_in_ranges(string shown, params int[] lines) => Assert.Equal(shown, LineRanges.Of(lines));

    // As a process of its own would: nothing is remembered but what is in the folder.
    private async Task<IReadOnlyList<BatchResult>> RunAsync(bool failed = false, bool charged = false, bool skipInvalid = false)
    {
        var input = await BatchInput.ReadAsync(new StringReader("""
            {"n": 1}
            {"n": 2}
            {"n": 3}
            """), CancellationToken.None);
        using var client = new ReelClient(new ReelClientOptions(new Uri("http://reel.test"), "key") { Patience = TimeSpan.Zero }, new Way(server));
        using var screen = new Screen(isJson: true, TextWriter.Null, new StringWriter(talk), isTerminal: false, isLive: false);
        using var folder = BatchFolder.Open(path);
        folder.Save(folder.StateFor("http://reel.test/", "key"));
        var again = failed ? await new BatchRetry(client, folder, input, screen).BeginAsync(charged, CancellationToken.None) : null;
        var run = new BatchRun(client, folder, input, screen, TimeProvider.System);
        return await run.RunAsync(new BatchWishes(SkipInvalid: skipInvalid), again, CancellationToken.None);
    }

    // A client disposes of its handler; the server outlives it.
    private sealed class Way(Provider server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => server.AnswerAsync(request, cancellationToken);
    }

    private enum Death
    {
        Never,
        BeforeTheOrder,
        AfterTheOrder,
    }

    private sealed record Order(string Key, string Batch, string Lines);

    /// <summary>A server on which line 1 fails unpaid, 2 fails paid, and 3 in a way that nobody knows; and with which the command dies when it is to.</summary>
    private sealed class Provider
    {
        public List<Order> Orders { get; } = [];

        public int Calls { get; private set; }

        public bool Fails { get; set; } = true;

        public bool Refuses { get; set; }

        public bool Resubmitted { get; set; }

        public Death Dies { get; set; }

        public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var (status, answer) = request.Method == HttpMethod.Post ? Take(request.Headers.GetValues("Idempotency-Key").Single(), body)
                : path == "/v2/batches" ? (200, """{"batches": []}""")
                : path.EndsWith("/requests", StringComparison.Ordinal) ? (200, Requests(Orders.Single(order => path == $"/v2/batches/{order.Batch}/requests")))
                : path.StartsWith("/v2/batches/", StringComparison.Ordinal) ? (200, Batch(path["/v2/batches/".Length..]))
                : (200, Single(Guid.Parse(path["/v2/requests/".Length..])));
            return FakeServer.Json(status, answer)(new Client.Call(request.Method.Method, path, new Dictionary<string, string>(), body));
        }

        private (int Status, string Answer) Take(string key, string body)
        {
            Calls++;
            if (Dies == Death.BeforeTheOrder) throw new InvalidOperationException("killed");
            if (Refuses) return (400, """{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[0].model": "is no more"}}""");
            if (!Orders.Any(order => order.Key == key))
                Orders.Add(new Order(key, $"batch-{Orders.Count + 1}", string.Join(' ', body.Split('\n').Select(line => (int)JsonNode.Parse(line)!["n"]!))));
            if (Dies == Death.AfterTheOrder) throw new InvalidOperationException("killed");
            return (200, Batch(Orders.Single(order => order.Key == key).Batch));
        }

        private static string Batch(string id) =>
            $$"""{"status": "COMPLETED", "batch_id": "{{id}}", "counts": {"total": 3, "queued": 0, "in_flight": 0, "completed": 0, "failed": 3}, "concurrency": 1}""";

        private string Requests(Order order) => new JsonObject
        {
            ["requests"] = new JsonArray([.. order.Lines.Split(' ').Select((line, at) => State(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture), at, Orders.IndexOf(order)))]),
        }.ToJsonString();

        // The line and the order are in the id.
        private JsonObject State(int line, int at, int order)
        {
            var state = new JsonObject { ["request_id"] = new Guid(line, (short)order, 0, new byte[8]).ToString(), ["batch_index"] = at };
            if (!Fails && order > 0) return With(state, "COMPLETED", null, "yes", 1);
            return line switch
            {
                1 => With(state, "FAILED", "provider_failed", "no", 0),
                2 => With(state, "FAILED", "save_failed", "yes", 2),
                _ => With(state, "FAILED", "submit_outcome_unknown", "unknown", null),
            };
        }

        private static JsonObject With(JsonObject state, string status, string? code, string charged, decimal? cost)
        {
            (state["status"], state["charged"]) = (status, charged);
            if (code is not null) state["error_code"] = code;
            if (cost is { } dollars) state["cost"] = dollars;
            if (code is null) state["video_gone"] = true;
            return state;
        }

        private string Single(Guid id)
        {
            var line = BitConverter.ToInt32(id.ToByteArray());
            var state = State(line, 0, BitConverter.ToInt16(id.ToByteArray().AsSpan(4)));
            if (Resubmitted && line == 3) state["resubmitted_as"] = Guid.Empty.ToString();
            return state.ToJsonString();
        }
    }
}

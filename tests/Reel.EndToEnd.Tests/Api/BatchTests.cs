using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v2/batches and what follows, through a real socket.</summary>
[Collection(ApiTests.Name)]
public sealed class BatchTests(ApiDesk desk)
{
    private readonly string mark = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_batch_is_run_to_its_end_whatever_becomes_of_single_requests()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray(
                Item("first"), new JsonObject { ["model"] = "kling-1.6-text2video", ["prompt"] = $"{mark} second" }, Item("[fail]"), Item("fourth")),
            ["webhook_url"] = desk.Bench.Inbox.Url,
            ["metadata"] = new JsonObject { ["order"] = 7 },
            ["concurrency"] = 2,
        });
        var id = accepted["batch_id"]!;
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();

        var batch = await FinishAsync(id);

        Assert.Equal(("COMPLETED", "2"), (batch["status"], batch["concurrency"]));
        AssertCounts(batch.Body!, total: 4, completed: 3, failed: 1);
        Assert.Equal(1, (int)batch.Body!["error_codes"]!["provider_failed"]!);
        Assert.True((decimal)batch.Body!["cost"]! > 0);
        Assert.Equal(7, (int)batch.Body!["metadata"]!["order"]!);

        var items = (await RequestsAsync(id, "")).Body!["requests"]!.AsArray();
        Assert.Equal(ids, items.Select(item => (string)item!["request_id"]!));
        Assert.Equal(["COMPLETED", "COMPLETED", "FAILED", "COMPLETED"], items.Select(item => (string)item!["status"]!));
        Assert.Equal([0, 1, 2, 3], items.Select(item => (int)item!["batch_index"]!));
        Assert.Equal("kling-1.6-text2video", (string?)items[1]!["model"]);

        // Each is an ordinary request.
        var result = await desk.Caller.ResultAsync(ids[0]);
        Assert.Equal(("COMPLETED", id), (result["status"], result["batch_id"]));
        await desk.Bench.AssertSavedAsync(result);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Caller.StatusAsync(ids[2])).Status);
        var listed = (await desk.Caller.GetAsync("/v2/requests?limit=100")).Body!["requests"]!.AsArray().Select(item => (string)item!["request_id"]!).ToList();
        Assert.All(ids, one => Assert.Contains(one, listed));

        var letter = await LetterAsync(id);
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.BatchCompleted), (letter.Verdict, letter.Type));
        Assert.Equal(batch.Body!["counts"]!.ToJsonString(), letter.Data["counts"]!.ToJsonString());
        Assert.Equal(4, (await desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }

    [Fact]
    public async Task A_request_with_a_webhook_of_its_own_tells_it()
    {
        var item = Item("told");
        item["webhook_url"] = desk.Bench.Inbox.Url;
        var accepted = await PostAsync(new JsonObject { ["requests"] = new JsonArray(item) });

        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync((string)accepted.Body!["request_ids"]![0]!));

        Assert.Equal((WebhookTypes.VideoCompleted, accepted["batch_id"]), (letter.Type, (string?)letter.Data["batch_id"]));
        await FinishAsync(accepted["batch_id"]!);
    }

    [Fact]
    public async Task Its_webhook_is_told_of_its_requests_where_it_chose_so_and_they_do_not_choose_otherwise()
    {
        var silent = Item("silent");
        silent["webhook_events"] = new JsonArray();
        var otherwise = Item("otherwise");
        otherwise["webhook_events"] = new JsonArray("video.queued");
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray(Item("usual"), silent, otherwise),
            ["webhook_url"] = desk.Bench.Inbox.Url,
            ["webhook_events"] = new JsonArray("batch.completed", "video.completed", "video.processing"),
        });
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();

        await FinishAsync(accepted["batch_id"]!);
        await LetterAsync(accepted["batch_id"]!);
        await desk.Bench.Inbox.WaitAsync(ids[0], 2);
        await desk.Bench.Inbox.WaitAsync(ids[2]);

        Assert.Equal(
            ["video.completed, video.processing", "", "video.queued"],
            ids.Select(id => string.Join(", ", desk.Bench.Inbox.About(id).Select(letter => letter.Type).Distinct().Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task Json_lines_choose_events_in_the_query()
    {
        var accepted = await SendAsync(
            $"/v2/batches?webhook_url={Uri.EscapeDataString(desk.Bench.Inbox.Url)}&webhook_events=video.completed,video.failed",
            Item("one").ToJsonString(),
            "application/jsonl");
        var id = (string)accepted.Body!["request_ids"]![0]!;

        Assert.Equal(WebhookTypes.VideoCompleted, Assert.Single(await desk.Bench.Inbox.WaitAsync(id)).Type);
        await FinishAsync(accepted["batch_id"]!);
        Assert.DoesNotContain(desk.Bench.Inbox.All, letter => letter.Type == WebhookTypes.BatchCompleted && (string?)letter.Data["batch_id"] == accepted["batch_id"]);
    }

    [Fact]
    public async Task Json_lines_take_their_options_from_the_query()
    {
        var lines = $"{Item("one").ToJsonString()}\r\n\n{Item("two").ToJsonString()}\n";
        var accepted = await SendAsync(
            $"/v2/batches?concurrency=1&metadata=%7B%22a%22%3A1%7D&webhook_url={Uri.EscapeDataString(desk.Bench.Inbox.Url)}", lines, "application/x-ndjson");

        Assert.True(accepted.Status == HttpStatusCode.OK, $"{accepted.Status} {accepted.Body}{desk.Reel.Story}");
        Assert.Equal((1, 1), ((int)accepted.Body!["concurrency"]!, (int)accepted.Body!["metadata"]!["a"]!));
        AssertCounts((await FinishAsync(accepted["batch_id"]!)).Body!, total: 2, completed: 2, failed: 0);
        await LetterAsync(accepted["batch_id"]!);
    }

    [Fact]
    public async Task A_request_that_is_not_begun_yet_is_queued_and_can_be_cancelled_alone()
    {
        var accepted = await PostAsync(new JsonObject { ["requests"] = new JsonArray(Item("[stuck]"), Item("second"), Item("third")), ["concurrency"] = 1 });
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();
        await desk.Caller.WaitForStageAsync(ids[0], "rendering");

        var waiting = await desk.Caller.ResultAsync(ids[1]);
        Assert.Equal((HttpStatusCode.OK, "QUEUED", "accepted"), (waiting.Status, waiting["status"], waiting["stage"]));
        Assert.Equal((accepted["batch_id"], "kling-2.6"), (waiting["batch_id"], waiting["model"]));
        Assert.Equal(HttpStatusCode.Conflict, (await desk.Caller.GetAsync($"/v2/requests/{ids[1]}/video")).Status);

        var cancelled = await desk.Caller.PostAsync($"/v2/requests/{ids[1]}/cancel", "");
        Assert.Equal((HttpStatusCode.OK, "canceled", "no"), (cancelled.Status, cancelled["error_code"], cancelled["charged"]));
        Assert.Equal("canceled", (await desk.Caller.StatusAsync(ids[1]))["error_code"]);
        await desk.Caller.PostAsync($"/v2/requests/{ids[0]}/cancel", "");

        var batch = await FinishAsync(accepted["batch_id"]!);
        Assert.Equal("COMPLETED", batch["status"]);
        AssertCounts(batch.Body!, total: 3, completed: 1, failed: 2);
        Assert.Equal("COMPLETED", (await desk.Caller.StatusAsync(ids[2]))["status"]);
        Assert.Equal("canceled", (await desk.Caller.StatusAsync(ids[1]))["error_code"]);
        Assert.Equal(2, (await desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }

    [Fact]
    public async Task A_cancelled_batch_begins_nothing_more_and_says_so()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray([.. Enumerable.Range(0, 40).Select(i => Item($"[stuck] {i}"))]),
            ["concurrency"] = 2,
            ["webhook_url"] = desk.Bench.Inbox.Url,
        });
        var id = accepted["batch_id"]!;
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();
        foreach (var one in ids[..2]) await desk.Caller.WaitForStageAsync(one, "rendering");

        var cancelling = await desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");
        var batch = await FinishAsync(id);
        var again = await desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");

        Assert.True(cancelling.Status is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{cancelling.Status} {cancelling.Body}");
        Assert.Equal("CANCELED", batch["status"]);
        AssertCounts(batch.Body!, total: 40, completed: 0, failed: 40);
        Assert.Equal(40, (int)batch.Body!["error_codes"]!["canceled"]!);
        Assert.Equal((HttpStatusCode.OK, "CANCELED"), (again.Status, again["status"]));
        Assert.Equal("CANCELED", (string?)(await LetterAsync(id)).Data["status"]);
        Assert.Equal(("canceled", "no"), await desk.Caller.StatusAsync(ids[39]) is var last ? (last["error_code"], last["charged"]) : default);
        Assert.Equal(("canceled", "unknown"), await desk.Caller.StatusAsync(ids[0]) is var first ? (first["error_code"], first["charged"]) : default);
        Assert.Equal(2, (await desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
        Assert.Single(desk.Bench.Inbox.All, letter => (string?)letter.Data["batch_id"] == id);
    }

    [Fact]
    public async Task The_requests_come_by_page_in_the_order_of_the_input()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray([.. Enumerable.Range(0, 40).Select(i => Item(i == 0 ? "[stuck]" : $"paged {i}"))]),
            ["concurrency"] = 1,
        });
        var (id, ids) = (accepted["batch_id"]!, accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList());
        await desk.Caller.WaitForStageAsync(ids[0], "rendering");

        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await RequestsAsync(id, $"limit=7{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page.Body!["requests"]!.AsArray().Count, 1, 7);
            seen.AddRange(page.Body!["requests"]!.AsArray().Select(item => (string)item!["request_id"]!));
            cursor = page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(ids, seen);
        Assert.Equal(39, (await RequestsAsync(id, "limit=100&status=queued")).Body!["requests"]!.AsArray().Count(item => (int)item!["batch_index"]! > 0));
        Assert.Empty((await RequestsAsync(id, "status=completed")).Body!["requests"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await RequestsAsync(id, "cursor=nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await RequestsAsync(id, "cursor=1000")).Status);
        await desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");
        await FinishAsync(id);
    }

    [Fact]
    public async Task Batches_are_listed_newest_first()
    {
        List<string> ids = [];
        for (var i = 0; i < 3; i++) ids.Insert(0, (await PostAsync(new JsonObject { ["requests"] = new JsonArray(Item($"listed {i}")) }))["batch_id"]!);

        var first = await desk.Caller.GetAsync("/v2/batches?limit=2");
        var second = await desk.Caller.GetAsync($"/v2/batches?limit=1&cursor={first["next_cursor"]}");

        Assert.Equal(ids, first.Body!["batches"]!.AsArray().Concat(second.Body!["batches"]!.AsArray()).Select(batch => (string)batch!["batch_id"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Caller.GetAsync("/v2/batches?cursor=nonsense")).Status);
        foreach (var id in ids) await FinishAsync(id);
    }

    [Fact]
    public async Task The_same_key_is_the_same_batch_and_other_contents_are_refused()
    {
        var body = new JsonObject { ["requests"] = new JsonArray(Item("keyed"), Item("keyed too")) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", mark))));
        var id = Assert.Single(answers.Select(answer => answer["batch_id"]).Distinct())!;
        var late = await FinishAsync(id) is not null ? await desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", mark)) : null!;
        body["requests"]!.AsArray().Add(Item("one more"));
        var other = await desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", mark));

        Assert.Equal((id, "true"), (late["batch_id"], late.Headers.GetValues("Idempotent-Replayed").Single()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (other.Status, other["error_code"]));
        Assert.Equal(2, (await desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }

    [Fact]
    public async Task Every_fault_is_named_by_item_and_nothing_is_started()
    {
        var answer = await desk.Caller.PostAsync("/v2/batches", $$"""
            {
              "requests": [
                {{Item("fine").ToJsonString()}},
                {"model": "kling-2.6", "prompt": "{{mark}}", "duration": 7, "colour": "blue"},
                {"model": "kling-9"},
                {"prompt": "no model"},
                "text",
                {"model": "kling-2.6", "prompt": "x", "idempotency_key": "mine", "webhook_url": "ftp://x", "webhook_events": ["batch.completed"], "metadata": 7}
              ],
              "concurrency": 0,
              "extra": true
            }
            """);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.Status, answer["error_code"]));
        var errors = answer.Body!["errors"]!.AsObject();
        Assert.Equal(
            [
                "extra", "concurrency", "requests[1].colour", "requests[1].duration", "requests[2].model", "requests[3].model", "requests[4]",
                "requests[5].idempotency_key", "requests[5].metadata", "requests[5].webhook_events", "requests[5].webhook_url",
            ],
            errors.Select(error => error.Key));
        Assert.StartsWith("must be one of 5, 10", (string?)errors["requests[1].duration"], StringComparison.Ordinal);
        Assert.DoesNotContain(await desk.Bench.Provider.SubmitsAsync(), IsMine);
    }

    [Fact]
    public async Task A_report_of_faults_stays_readable()
    {
        var answer = await desk.Caller.PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray([.. Enumerable.Repeat(0, 1_000).Select(_ => new JsonObject())]) });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(101, answer.Body!["errors"]!.AsObject().Count);
        Assert.Equal("900 more faults like these", (string?)answer.Body!["errors"]!["more"]);
        Assert.InRange(answer["error"]!.Length, 1, 2_000);
    }

    [Theory]
    [InlineData("metadata=%7B%22a%22%3A%22%5Cud800%22%7D", "metadata")]
    [InlineData("metadata=text", "metadata")]
    [InlineData("concurrency=ten", "concurrency")]
    [InlineData("webhook_url=nonsense", "webhook_url")]
    [InlineData("webhook_events=video.completed,batch", "webhook_events")]
    [InlineData("idempotency_key=", "idempotency_key")]
    public async Task A_wrong_query_parameter_of_json_lines_is_named(string query, string name)
    {
        var answer = await SendAsync($"/v2/batches?{query}", Item("x").ToJsonString(), "application/jsonl");

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{answer.Status} {answer.Body}{desk.Reel.Story}");
        Assert.Equal(name, Assert.Single(answer.Body!["errors"]!.AsObject()).Key);
    }

    [Theory]
    [InlineData("{}", "application/json", 400)]
    [InlineData("{\"\\ud800\": 1, \"requests\": [{\"\\ud800\": 1}]}", "application/json", 400)]
    [InlineData("""{"requests": []}""", "application/json", 400)]
    [InlineData("""{"requests": {}}""", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("", "application/jsonl", 400)]
    [InlineData("{\"model\"\n", "application/json-lines", 400)]
    [InlineData("{}", "text/plain", 406)]
    public async Task What_is_no_batch_is_refused(string body, string type, int status) =>
        Assert.Equal(status, (int)(await SendAsync("/v2/batches", body, type)).Status);

    [Fact]
    public async Task More_than_a_thousand_requests_or_four_mebibytes_are_refused()
    {
        var many = await SendAsync("/v2/batches", string.Concat(Enumerable.Repeat(Item("x").ToJsonString() + "\n", 1_001)), "application/jsonl");
        var large = await SendAsync("/v2/batches", new string(' ', (4 * 1024 * 1024) + 1), "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "requests must be a list of 1 to 1000 requests"), (many.Status, many["error"]));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (large.Status, large["error_code"]));
    }

    [Theory]
    [InlineData("00000000-0000-8000-bff0-000000000000")]
    [InlineData("00000000-0000-8000-8000-000000000000")]
    [InlineData("nonsense")]
    public async Task What_is_not_there_is_not_found(string id)
    {
        foreach (var path in new[] { $"/v2/batches/{id}", $"/v2/batches/{id}/requests", $"/v2/requests/{id}" })
            Assert.Equal(HttpStatusCode.NotFound, (await desk.Caller.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Caller.PostAsync($"/v2/batches/{id}", "")).Status);
    }

    private JsonObject Item(string prompt) => new() { ["model"] = "kling-2.6", ["prompt"] = $"{mark} {prompt}", ["duration"] = 5 };

    private bool IsMine(JsonNode submit) => ((string?)submit["parameters"]?["prompt"])?.StartsWith(mark, StringComparison.Ordinal) == true;

    private async Task<Answer> PostAsync(JsonObject batch)
    {
        var answer = await desk.Caller.PostAsync("/v2/batches", batch);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}{desk.Reel.Story}");
        return answer;
    }

    private async Task<Answer> SendAsync(string path, string body, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        return await desk.Caller.SendAsync(request);
    }

    private Task<Answer> RequestsAsync(string id, string query) => desk.Caller.GetAsync($"/v2/batches/{id}/requests?{query}");

    private Task<Answer> FinishAsync(string id) => BatchWait.FinishAsync(desk.Caller, id, desk.Reel);

    private async Task<Letter> LetterAsync(string id)
    {
        await Azurite.Wait.UntilAsync(() => desk.Bench.Inbox.All.Any(letter => (string?)letter.Data["batch_id"] == id && letter.Type == WebhookTypes.BatchCompleted), $"the webhook of {id}", 40);
        return desk.Bench.Inbox.All.First(letter => (string?)letter.Data["batch_id"] == id && letter.Type == WebhookTypes.BatchCompleted);
    }

    private static void AssertCounts(JsonNode batch, int total, int completed, int failed) => Assert.Equal(
        $$"""{"total":{{total}},"queued":0,"in_flight":0,"completed":{{completed}},"failed":{{failed}}}""", batch["counts"]!.ToJsonString());
}

internal static class BatchWait
{
    /// <summary>Polls until the batch has ended.</summary>
    public static async Task<Answer> FinishAsync(Caller caller, string id, ReelProcess reel, int seconds = 120)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await caller.GetAsync($"/v2/batches/{id}");
            if (answer["status"] is "COMPLETED" or "CANCELED" or "FAILED") return answer;
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"Waited {seconds} seconds in vain for the end of {id}: {answer.Body}{reel.Story}");
            await Task.Delay(50);
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v2/batches and what follows, through a real socket.</summary>
[Collection(ApiTests.Name)]
public sealed class BatchTests(ApiDesk desk) : BatchCalls(desk)
{
    [Fact]
    public async Task A_batch_is_run_to_its_end_whatever_becomes_of_single_requests()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray(
                Item("first"), new JsonObject { ["model"] = "kling-1.6-text2video", ["prompt"] = $"{Mark} second" }, Item("[fail]"), Item("fourth")),
            ["webhook_url"] = Desk.Bench.Inbox.Url,
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
        var result = await Desk.Caller.ResultAsync(ids[0]);
        Assert.Equal(("COMPLETED", id), (result["status"], result["batch_id"]));
        await Desk.Bench.AssertSavedAsync(result);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Desk.Caller.StatusAsync(ids[2])).Status);
        var listed = (await Desk.Caller.GetAsync("/v2/requests?limit=100")).Body!["requests"]!.AsArray().Select(item => (string)item!["request_id"]!).ToList();
        Assert.All(ids, one => Assert.Contains(one, listed));

        var letter = await LetterAsync(id);
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.BatchCompleted), (letter.Verdict, letter.Type));
        Assert.Equal(batch.Body!["counts"]!.ToJsonString(), letter.Data["counts"]!.ToJsonString());
        Assert.Equal(4, (await Desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }

    [Fact]
    public async Task A_request_with_a_webhook_of_its_own_tells_it()
    {
        var item = Item("told");
        item["webhook_url"] = Desk.Bench.Inbox.Url;
        var accepted = await PostAsync(new JsonObject { ["requests"] = new JsonArray(item) });

        var letter = Assert.Single(await Desk.Bench.Inbox.WaitAsync((string)accepted.Body!["request_ids"]![0]!));

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
            ["webhook_url"] = Desk.Bench.Inbox.Url,
            ["webhook_events"] = new JsonArray("batch.completed", "video.completed", "video.processing"),
        });
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();

        await FinishAsync(accepted["batch_id"]!);
        await LetterAsync(accepted["batch_id"]!);
        await Desk.Bench.Inbox.WaitAsync(ids[0], 2);
        await Desk.Bench.Inbox.WaitAsync(ids[2]);

        Assert.Equal(
            ["video.completed, video.processing", "", "video.queued"],
            ids.Select(id => string.Join(", ", Desk.Bench.Inbox.About(id).Select(letter => letter.Type).Distinct().Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task Json_lines_choose_events_in_the_query()
    {
        var accepted = await SendAsync(
            $"/v2/batches?webhook_url={Uri.EscapeDataString(Desk.Bench.Inbox.Url)}&webhook_events=video.completed,video.failed",
            Item("one").ToJsonString(),
            "application/jsonl");
        var id = (string)accepted.Body!["request_ids"]![0]!;

        Assert.Equal(WebhookTypes.VideoCompleted, Assert.Single(await Desk.Bench.Inbox.WaitAsync(id)).Type);
        await FinishAsync(accepted["batch_id"]!);
        Assert.DoesNotContain(Desk.Bench.Inbox.All, letter => letter.Type == WebhookTypes.BatchCompleted && (string?)letter.Data["batch_id"] == accepted["batch_id"]);
    }

    [Fact]
    public async Task Json_lines_take_their_options_from_the_query()
    {
        var lines = $"{Item("one").ToJsonString()}\r\n\n{Item("two").ToJsonString()}\n";
        var accepted = await SendAsync(
            $"/v2/batches?concurrency=1&metadata=%7B%22a%22%3A1%7D&webhook_url={Uri.EscapeDataString(Desk.Bench.Inbox.Url)}", lines, "application/x-ndjson");

        Assert.True(accepted.Status == HttpStatusCode.OK, $"{accepted.Status} {accepted.Body}{Desk.Reel.Story}");
        Assert.Equal((1, 1), ((int)accepted.Body!["concurrency"]!, (int)accepted.Body!["metadata"]!["a"]!));
        AssertCounts((await FinishAsync(accepted["batch_id"]!)).Body!, total: 2, completed: 2, failed: 0);
        await LetterAsync(accepted["batch_id"]!);
    }

    [Fact]
    public async Task A_request_that_is_not_begun_yet_is_queued_and_can_be_cancelled_alone()
    {
        var accepted = await PostAsync(new JsonObject { ["requests"] = new JsonArray(Item("[stuck]"), Item("second"), Item("third")), ["concurrency"] = 1 });
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();
        await Desk.Caller.WaitForStageAsync(ids[0], "rendering");

        var waiting = await Desk.Caller.ResultAsync(ids[1]);
        Assert.Equal((HttpStatusCode.OK, "QUEUED", "accepted"), (waiting.Status, waiting["status"], waiting["stage"]));
        Assert.Equal((accepted["batch_id"], "kling-2.6"), (waiting["batch_id"], waiting["model"]));
        Assert.Equal(HttpStatusCode.Conflict, (await Desk.Caller.GetAsync($"/v2/requests/{ids[1]}/video")).Status);

        var cancelled = await Desk.Caller.PostAsync($"/v2/requests/{ids[1]}/cancel", "");
        Assert.Equal((HttpStatusCode.OK, "canceled", "no"), (cancelled.Status, cancelled["error_code"], cancelled["charged"]));
        Assert.Equal("canceled", (await Desk.Caller.StatusAsync(ids[1]))["error_code"]);
        await Desk.Caller.PostAsync($"/v2/requests/{ids[0]}/cancel", "");

        var batch = await FinishAsync(accepted["batch_id"]!);
        Assert.Equal("COMPLETED", batch["status"]);
        AssertCounts(batch.Body!, total: 3, completed: 1, failed: 2);
        Assert.Equal("COMPLETED", (await Desk.Caller.StatusAsync(ids[2]))["status"]);
        Assert.Equal("canceled", (await Desk.Caller.StatusAsync(ids[1]))["error_code"]);
        Assert.Equal(2, (await Desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }

    [Fact]
    public async Task A_cancelled_batch_begins_nothing_more_and_says_so()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray([.. Enumerable.Range(0, 40).Select(i => Item($"[stuck] {i}"))]),
            ["concurrency"] = 2,
            ["webhook_url"] = Desk.Bench.Inbox.Url,
        });
        var id = accepted["batch_id"]!;
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList();
        foreach (var one in ids[..2]) await Desk.Caller.WaitForStageAsync(one, "rendering");

        var cancelling = await Desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");
        var batch = await FinishAsync(id);
        var again = await Desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");

        Assert.True(cancelling.Status is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{cancelling.Status} {cancelling.Body}");
        Assert.Equal(cancelling.Status == HttpStatusCode.Accepted, cancelling.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("CANCELED", batch["status"]);
        AssertCounts(batch.Body!, total: 40, completed: 0, failed: 40);
        Assert.Equal(40, (int)batch.Body!["error_codes"]!["canceled"]!);
        Assert.Equal((HttpStatusCode.OK, "CANCELED"), (again.Status, again["status"]));
        Assert.Equal("CANCELED", (string?)(await LetterAsync(id)).Data["status"]);
        Assert.Equal(("canceled", "no"), await Desk.Caller.StatusAsync(ids[39]) is var last ? (last["error_code"], last["charged"]) : default);
        Assert.Equal(("canceled", "unknown"), await Desk.Caller.StatusAsync(ids[0]) is var first ? (first["error_code"], first["charged"]) : default);
        Assert.Equal(2, (await Desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
        Assert.Single(Desk.Bench.Inbox.All, letter => (string?)letter.Data["batch_id"] == id);
    }

    [Fact]
    public async Task The_same_key_is_the_same_batch_and_other_contents_are_refused()
    {
        var body = new JsonObject { ["requests"] = new JsonArray(Item("keyed"), Item("keyed too")) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", Mark))));
        var id = Assert.Single(answers.Select(answer => answer["batch_id"]).Distinct())!;
        var late = await FinishAsync(id) is not null ? await Desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", Mark)) : null!;
        body["requests"]!.AsArray().Add(Item("one more"));
        var other = await Desk.Caller.PostAsync("/v2/batches", body.ToJsonString(), ("Idempotency-Key", Mark));

        Assert.Equal((id, "true"), (late["batch_id"], late.Headers.GetValues("Idempotent-Replayed").Single()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (other.Status, other["error_code"]));
        Assert.Equal(2, (await Desk.Bench.Provider.SubmitsAsync()).Count(IsMine));
    }
}

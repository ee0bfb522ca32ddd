using System.Net;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What is refused of a batch, and how that is said.</summary>
[Collection(ApiTests.Name)]
public sealed class BatchRefusalTests(ApiDesk desk) : BatchCalls(desk)
{
    [Fact]
    public async Task Every_fault_is_named_by_item_and_nothing_is_started()
    {
        var answer = await Desk.Caller.PostAsync("/v2/batches", $$"""
            {
              "requests": [
                {{Item("fine").ToJsonString()}},
                {"model": "kling-2.6", "prompt": "{{Mark}}", "duration": 7, "colour": "blue"},
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
        Assert.DoesNotContain(await Desk.Bench.Provider.SubmitsAsync(), IsMine);
    }

    [Fact]
    public async Task A_report_of_faults_stays_readable()
    {
        var answer = await Desk.Caller.PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray([.. Enumerable.Repeat(0, 1_000).Select(_ => new JsonObject())]) });

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

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{answer.Status} {answer.Body}{Desk.Reel.Story}");
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
            Assert.Equal(HttpStatusCode.NotFound, (await Desk.Caller.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Desk.Caller.PostAsync($"/v2/batches/{id}", "")).Status);
    }
}

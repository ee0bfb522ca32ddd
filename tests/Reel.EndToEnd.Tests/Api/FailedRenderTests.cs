using System.Net;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>FAILED, as the provider's clients know it: 422 on both GETs, with the provider's error.</summary>
[Collection(ApiTests.Name)]
public sealed class FailedRenderTests(ApiDesk desk)
{
    [Theory]
    [InlineData("a wall [fail]", "provider_failed")]
    [InlineData("a wall [blocked]", "content_blocked")]
    public async Task It_answers_422_on_both_and_tells_the_webhook(string prompt, string code)
    {
        var body = desk.Bench.Body(prompt);
        body["metadata"] = new System.Text.Json.Nodes.JsonObject { ["take"] = 3 };
        var id = await desk.Caller.SubmitAsync(body);
        var result = await desk.Caller.FinishAsync(id);
        var status = await desk.Caller.StatusAsync(id);
        using var provider = new HttpClient { DefaultRequestHeaders = { { "x-api-key", Provider.ApiKey } } };
        using var theirs = await provider.GetAsync(new Uri(desk.Bench.Provider.Url, $"/v2/requests/{result["provider_request_id"]}"));
        var theirError = (string?)System.Text.Json.Nodes.JsonNode.Parse(await theirs.Content.ReadAsStringAsync())!["error"];

        Assert.All((Answer[])[result, status], answer =>
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
            Assert.Equal(("FAILED", theirError, code, "no"), (answer["status"], answer["error"], answer["error_code"], answer["charged"]));
            Assert.NotNull(answer.Body!["metrics"]!["inference_time"]);
            Assert.Null(answer.Body["metrics"]!["cost"]);
            Assert.Equal("0", answer["cost"]);
            Assert.Null(answer.Body["output"]);
        });
        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoFailed), (letter.Verdict, letter.Type));
        Assert.Equal((code, theirError), ((string?)letter.Data["error_code"], (string?)letter.Data["error"]));
        Assert.Equal(3, letter.Data["metadata"]!["take"]!.GetValue<int>());
        Assert.DoesNotContain(prompt, letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submit_that_the_provider_refuses_fails_with_its_words()
    {
        await desk.Bench.Provider.FaultsAsync(
            """{"where": "submit", "kind": "status", "status": 406, "error": "Insufficient credits: 0.1 left, 0.4 needed", "prompt_contains": "a bank"}""",
            """{"where": "submit", "kind": "status", "status": 400, "error": "prompt is too plain", "prompt_contains": "a plain"}""");
        var poor = await desk.Caller.FinishAsync(await desk.Caller.SubmitAsync(desk.Bench.Body("a bank")));
        var plain = await desk.Caller.FinishAsync(await desk.Caller.SubmitAsync(desk.Bench.Body("a plain")));
        await desk.Bench.Provider.FaultsAsync();

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "insufficient_credits"), (poor.Status, poor["error_code"]));
        Assert.Contains("0.4 needed", poor["error"], StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "submit_refused"), (plain.Status, plain["error_code"]));
        Assert.Contains("prompt is too plain", plain["error"], StringComparison.Ordinal);
        Assert.Single(await desk.Bench.Provider.SubmitsAsync("a plain"));
    }

    [Theory]
    [InlineData("Insufficient credits: 0.1 left, 0.4 needed")]
    [InlineData("Daily spend limit of 10 credits reached")]
    public async Task What_could_not_be_paid_for_is_sent_again_under_the_same_key(string error)
    {
        var prompt = $"a purse, {error}";
        await desk.Bench.Provider.FaultsAsync($$"""{"where": "submit", "kind": "status", "status": 406, "error": "{{error}}", "prompt_contains": "a purse"}""");
        var poor = await desk.Caller.FinishAsync(await desk.Caller.SubmitAsync(desk.Bench.Body(prompt), headers: ("Idempotency-Key", prompt)));
        await desk.Bench.Provider.FaultsAsync();
        Assert.Equal(("insufficient_credits", error, "no"), (poor["error_code"], poor["error"], poor["charged"]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body(prompt), ("Idempotency-Key", prompt))));

        var id = Assert.Single(answers.Select(answer => answer["request_id"]).Distinct())!;
        Assert.NotEqual(poor["request_id"], id);
        Assert.Contains(answers, answer => !answer.Headers.Contains("Idempotent-Replayed"));
        await desk.Caller.CompleteAsync(id);
        Assert.Equal(id, await desk.Caller.SubmitAsync(desk.Bench.Body(prompt), headers: ("Idempotency-Key", prompt)));
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync(prompt));
        Assert.Equal("insufficient_credits", (await desk.Caller.ResultAsync(poor["request_id"]!))["error_code"]);
    }

    [Fact]
    public async Task A_submit_whose_answer_got_lost_is_repeated_only_when_somebody_says_so()
    {
        await desk.Bench.Provider.FaultsAsync("""{"where": "submit", "kind": "reset", "accept": true, "prompt_contains": "a ghost"}""");
        var old = await desk.Caller.SubmitAsync(desk.Bench.Body("a ghost"));
        var result = await desk.Caller.FinishAsync(old);
        await desk.Bench.Provider.FaultsAsync();

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "submit_outcome_unknown", "unknown"), (result.Status, result["error_code"], result["charged"]));
        Assert.Contains($"POST to /v2/requests/{old}/resubmit", result["error"], StringComparison.Ordinal);
        Assert.Single(await desk.Bench.Provider.SubmitsAsync("a ghost"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.Caller.PostAsync($"/v2/requests/{old}/resubmit", "")));
        var id = Assert.Single(answers.Select(answer => answer["request_id"]).Distinct())!;
        var completed = await desk.Caller.CompleteAsync(id);

        await desk.Bench.AssertSavedAsync(completed);
        Assert.Equal(old, completed["resubmission_of"]);
        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
        Assert.Equal((WebhookTypes.VideoCompleted, old), (letter.Type, (string?)letter.Data["resubmission_of"]));
        Assert.Equal(2, await desk.Bench.Provider.AcceptedAsync("a ghost"));
        var afterwards = await desk.Caller.ResultAsync(old);
        Assert.Equal((id, result["error"]), (afterwards["resubmitted_as"], afterwards["error"]));
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>One idempotency key, one request, one bill.</summary>
[Collection(ApiTests.Name)]
public sealed class IdempotencyTests(ApiDesk desk)
{
    [Fact]
    public async Task The_same_key_in_whatever_form_is_the_same_request()
    {
        var first = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a key"), ("Idempotency-Key", "key-1"));
        var again = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a key"), ("Idempotency-Key", "key-1"));
        var quoted = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a key"), ("Idempotency-Key", "\"key-1\""));
        var inBody = desk.Bench.Body("a key");
        inBody["idempotency_key"] = "key-1";
        var fromBody = await desk.Caller.PostAsync("/v2/kling-2.6", inBody);
        await desk.Caller.CompleteAsync(first["request_id"]!);
        var afterwards = await desk.Caller.PostAsync("/v2/kling-2.6", inBody);

        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.All((Answer[])[again, quoted, fromBody, afterwards], answer =>
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal(first["request_id"], answer["request_id"]);
            Assert.Equal(["true"], answer.Headers.GetValues("Idempotent-Replayed"));
        });
        Assert.Single(await desk.Bench.Provider.SubmitsAsync("a key"));
    }

    [Fact]
    public async Task The_order_and_spelling_of_parameters_make_no_difference()
    {
        var first = await desk.Caller.PostAsync("/v2/kling-2.6", """{"prompt": "a lock", "duration": 5}""", ("Idempotency-Key", "lock"));
        var again = await desk.Caller.PostAsync("/v2/kling-2.6", """{"duration": "5", "prompt": "\u0061 lock"}""", ("Idempotency-Key", "lock"));

        Assert.Equal((HttpStatusCode.OK, first["request_id"]), (again.Status, again["request_id"]));
    }

    [Fact]
    public async Task The_events_that_are_chosen_are_part_of_what_a_key_stands_for()
    {
        var chosen = await SubmitAsync("""["video.queued", "video.failed"]""");
        var again = await SubmitAsync("""["video.failed", "video.queued", "video.failed"]""");

        Assert.Equal((HttpStatusCode.OK, chosen["request_id"]), (again.Status, again["request_id"]));
        foreach (var other in (string[])["null", "[]", """["video.queued"]"""])
        {
            var refused = await SubmitAsync(other);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (refused.Status, refused["error_code"]));
        }

        Task<Answer> SubmitAsync(string events) => desk.Caller.PostAsync(
            "/v2/kling-2.6", $$"""{"prompt": "an owl that listens", "duration": 5, "webhook_events": {{events}}}""", ("Idempotency-Key", "owl"));
    }

    [Fact]
    public async Task Fifty_at_once_are_one_request()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a crowd"), ("Idempotency-Key", "crowd"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        var id = Assert.Single(answers.Select(answer => answer["request_id"]).Distinct());
        Assert.Contains(answers, answer => !answer.Headers.Contains("Idempotent-Replayed"));
        await desk.Caller.CompleteAsync(id!);
        Assert.Single(await desk.Bench.Provider.SubmitsAsync("a crowd"));
        Assert.Single(await desk.Bench.Inbox.WaitAsync(id!));
    }

    [Fact]
    public async Task Other_parameters_under_the_same_key_are_refused()
    {
        var first = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a door"), ("Idempotency-Key", "door"));
        var otherPrompt = await desk.Caller.PostAsync("/v2/kling-2.6", desk.Bench.Body("a gate"), ("Idempotency-Key", "door"));
        var otherModel = await desk.Caller.PostAsync("/v2/kling-1.6-text2video", desk.Bench.Body("a door"), ("Idempotency-Key", "door"));
        var withMetadata = desk.Bench.Body("a door");
        withMetadata["metadata"] = new JsonObject();
        var otherMetadata = await desk.Caller.PostAsync("/v2/kling-2.6", withMetadata, ("Idempotency-Key", "door"));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.All((Answer[])[otherPrompt, otherModel, otherMetadata], answer =>
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (answer.Status, answer["error_code"])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData(256)]
    public async Task A_key_of_the_wrong_length_is_refused(object key)
    {
        var body = desk.Bench.Body("a long key");
        var text = key as string ?? new string('k', (int)key);
        if (text.Length > 0) Assert.Equal(HttpStatusCode.BadRequest, (await desk.Caller.PostAsync("/v2/kling-2.6", body, ("Idempotency-Key", text))).Status);
        body["idempotency_key"] = text.Trim('"');
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Caller.PostAsync("/v2/kling-2.6", body)).Status);
    }

    [Fact]
    public async Task Two_keys_that_differ_are_refused()
    {
        var body = desk.Bench.Body("two keys");
        body["idempotency_key"] = "one";

        var answer = await desk.Caller.PostAsync("/v2/kling-2.6", body, ("Idempotency-Key", "two"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotNull(answer.Body!["errors"]!["idempotency_key"]);
    }
}

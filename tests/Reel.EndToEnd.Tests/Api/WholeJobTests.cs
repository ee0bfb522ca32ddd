using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>The main job, from submit to webhook.</summary>
[Collection(ApiTests.Name)]
public sealed class WholeJobTests(ApiDesk desk)
{
    public static TheoryData<string> Models => [.. ModelCatalog.All.Select(model => model.Slug)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_example_of_a_models_page_becomes_a_video_that_is_the_callers_and_a_webhook(string model)
    {
        var body = JsonNode.Parse(ModelCatalog.Find(model)!.Example.GetRawText())!.AsObject();
        body["webhook_url"] = desk.Bench.Inbox.Url;
        body["metadata"] = new JsonObject { ["shot"] = 12, ["where"] = "São Paulo" };

        var submitted = await desk.Caller.PostAsync($"/v2/{model}", body);
        var id = submitted["request_id"]!;
        AssertQueued(submitted, desk.Reel.Url, id);

        var status = await desk.Caller.StatusAsync(id);
        Assert.Equal(HttpStatusCode.OK, status.Status);
        Assert.Contains(status["status"], (string[])["QUEUED", "PROCESSING", "COMPLETED"]);
        Assert.IsType<JsonObject>(status.Body!["metrics"]);

        var result = await desk.Caller.CompleteAsync(id);
        await AssertVideoAsync(result);
        AssertTimes(result);
        Assert.True(JsonNode.DeepEquals(body["metadata"], result.Body!["metadata"]));
        await AssertWebhookAsync(id, body);
    }

    [Fact]
    public async Task The_status_is_light_and_the_result_is_whole()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("a kite over dunes"));
        await desk.Caller.CompleteAsync(id);

        var status = await desk.Caller.StatusAsync(id);

        Assert.Equal(["status", "request_id", "metrics"], ((string[])["status", "request_id", "metrics"]).Where(name => status.Body![name] is not null));
        Assert.Null(status.Body!["output"]);
        Assert.Null(status.Body["video"]);
        Assert.True(status.Body["metrics"]!["inference_time"]!.GetValue<double>() > 0);
        Assert.True(status.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task The_emulated_provider_was_given_the_models_parameters_and_nothing_of_ours()
    {
        var body = desk.Bench.Body("a tram at dusk");
        body["metadata"] = new JsonObject { ["a"] = 1 };
        body["idempotency_key"] = "tram-1";
        body["negative_prompt"] = "cars";
        var id = await desk.Caller.SubmitAsync(body);
        await desk.Caller.CompleteAsync(id);

        var submit = Assert.Single(await desk.Bench.Provider.SubmitsAsync("a tram at dusk"));

        Assert.Equal(["duration", "negative_prompt", "prompt"], submit["parameters"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_webhook_can_be_named_in_the_query_and_is_sent_again_until_it_is_heard()
    {
        var body = desk.Bench.Body("a heron");
        body.Remove("webhook_url");
        desk.Bench.Inbox.Refuse(1);

        var answer = await desk.Caller.PostAsync($"/v2/kling-2.6?webhook_url={Uri.EscapeDataString(desk.Bench.Inbox.Url)}", body);
        var letters = await desk.Bench.Inbox.WaitAsync(answer["request_id"]!, 2);

        Assert.All(letters, letter => Assert.Equal(WebhookVerdict.Valid, letter.Verdict));
        Assert.Equal(letters[0].Id, letters[1].Id);
    }

    [Fact]
    public async Task HEAD_says_what_GET_would()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("a heath"));
        await desk.Caller.CompleteAsync(id);

        var request = $"/v2/requests/{id}";
        foreach (var path in (string[])["/healthz", "/v2/models", "/v2/models/kling-2.6", request, $"{request}/status", $"{request}/video"])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            using var response = await desk.Caller.Http.SendAsync(head);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"HEAD {path} answered {(int)response.StatusCode}");
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    private static void AssertQueued(Answer answer, Uri url, string id)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(Guid.TryParse(id, out _), id);
        var root = url.AbsoluteUri.TrimEnd('/');
        Assert.Equal("QUEUED", answer["status"]);
        Assert.Equal($"{root}/v2/requests/{id}/status", answer["status_url"]);
        Assert.Equal($"{root}/v2/requests/{id}", answer["response_url"]);
        Assert.StartsWith($"{root}/", answer["poll_url"], StringComparison.Ordinal);
        Assert.Equal(
            ["poll_url", "request_id", "response_url", "status", "status_url"],
            answer.Body!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    private async Task AssertVideoAsync(Answer result)
    {
        var video = result.Body!["video"]!.AsObject();
        Assert.Equal(result["output"], (string?)video["url"]);

        await desk.Bench.AssertSavedAsync(result);
        Assert.Equal("video/mp4", (string?)video["content_type"]);
        Assert.Equal($"{result["request_id"]}.mp4", (string?)video["file_name"]);

        var theirMetrics = (await desk.Bench.Provider.RecordAsync(result["provider_request_id"]!))["metrics"]!;
        Assert.Equal(theirMetrics["cost"]!.GetValue<decimal>(), result.Body["metrics"]!["cost"]!.GetValue<decimal>());
        Assert.Equal(theirMetrics["cost"]!.GetValue<decimal>(), result.Body["cost"]!.GetValue<decimal>());
        Assert.Equal(theirMetrics["inference_time"]!.GetValue<double>(), result.Body["metrics"]!["inference_time"]!.GetValue<double>());
        Assert.Equal("yes", result["charged"]);
    }

    private static void AssertTimes(Answer result)
    {
        var times = ((string[])["created_at", "submitted_at", "rendered_at", "finished_at"])
            .Select(name => DateTimeOffset.Parse(result[name]!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.Order(), times);
    }

    private async Task AssertWebhookAsync(string id, JsonObject body)
    {
        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoCompleted), (letter.Verdict, letter.Type));
        Assert.True(JsonNode.DeepEquals(body["metadata"], letter.Data["metadata"]));
        Assert.Equal("COMPLETED", (string?)letter.Data["status"]);
        Assert.NotNull(letter.Data["output"]);
        foreach (var name in (string[])["prompt", "image", "negative_prompt"])
            if (body[name] is { } said) Assert.DoesNotContain(said.GetValue<string>()[..20], letter.Text, StringComparison.Ordinal);
    }
}

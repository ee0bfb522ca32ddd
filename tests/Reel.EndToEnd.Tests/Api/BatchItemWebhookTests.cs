using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What the webhook of a batch's request hears that is never begun.</summary>
[Collection(ApiTests.Name)]
public sealed class BatchItemWebhookTests(ApiDesk desk)
{
    [Fact]
    public async Task One_that_is_cancelled_before_it_is_begun_tells_its_webhook()
    {
        var mark = Guid.NewGuid().ToString("N");
        JsonObject Item(string prompt) => new() { ["model"] = "kling-2.6", ["prompt"] = $"{mark} {prompt}", ["webhook_url"] = desk.Bench.Inbox.Url };
        var accepted = await desk.Caller.PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray(Item("[stuck]"), Item("second")), ["concurrency"] = 1 });
        var ids = accepted.Body!["request_ids"]!.AsArray().Select(id => (string)id!).ToList();
        await desk.Caller.WaitForStageAsync(ids[0], "rendering");

        await desk.Caller.PostAsync($"/v2/requests/{ids[1]}/cancel", "");
        await desk.Caller.PostAsync($"/v2/requests/{ids[0]}/cancel", "");

        var letter = Assert.Single(await desk.Bench.Inbox.WaitAsync(ids[1]));
        Assert.Equal((WebhookVerdict.Valid, WebhookTypes.VideoFailed), (letter.Verdict, letter.Type));
        Assert.Equal(("canceled", "no", 1), ((string?)letter.Data["error_code"], (string?)letter.Data["charged"], (int)letter.Data["batch_index"]!));
        Assert.DoesNotContain(await desk.Bench.Provider.SubmitsAsync(), submit => (string?)submit["parameters"]?["prompt"] == $"{mark} second");
    }
}

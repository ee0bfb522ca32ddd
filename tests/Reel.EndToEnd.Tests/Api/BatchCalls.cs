using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What tests of batches call, on the desk that they share.</summary>
public abstract class BatchCalls(ApiDesk desk)
{
    /// <summary>In every prompt of a test, and in no other's.</summary>
    private protected string Mark { get; } = Guid.NewGuid().ToString("N");

    private protected ApiDesk Desk => desk;

    private protected JsonObject Item(string prompt) => new() { ["model"] = "kling-2.6", ["prompt"] = $"{Mark} {prompt}", ["duration"] = 5 };

    private protected bool IsMine(JsonNode submit) => ((string?)submit["parameters"]?["prompt"])?.StartsWith(Mark, StringComparison.Ordinal) == true;

    private protected async Task<Answer> PostAsync(JsonObject batch)
    {
        var answer = await Desk.Caller.PostAsync("/v2/batches", batch);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}{Desk.Reel.Story}");
        return answer;
    }

    private protected async Task<Answer> SendAsync(string path, string body, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        return await Desk.Caller.SendAsync(request);
    }

    private protected Task<Answer> RequestsAsync(string id, string query) => Desk.Caller.GetAsync($"/v2/batches/{id}/requests?{query}");

    private protected Task<Answer> FinishAsync(string id) => BatchWait.FinishAsync(Desk.Caller, id, Desk.Reel);

    private protected async Task<Letter> LetterAsync(string id)
    {
        await Azurite.Wait.UntilAsync(() => Desk.Bench.Inbox.All.Any(letter => (string?)letter.Data["batch_id"] == id && letter.Type == WebhookTypes.BatchCompleted), $"the webhook of {id}", 40);
        return Desk.Bench.Inbox.All.First(letter => (string?)letter.Data["batch_id"] == id && letter.Type == WebhookTypes.BatchCompleted);
    }

    private protected static void AssertCounts(JsonNode batch, int total, int completed, int failed) => Assert.Equal(
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

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Videos;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>POST /v1/{model} with storage that fails once the video is paid for.</summary>
public sealed class SyncTroubleTests
{
    private const string Properties =
        "Content-Type: video/mp4\r\nContent-Length: 4\r\nETag: \"0x1\"\r\nLast-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\nx-ms-blob-type: BlockBlob\r\n"
        + "x-ms-meta-requestid: any\r\nx-ms-meta-sha256: 00\r\nx-ms-meta-length: 4\r\n";

    [Theory]
    [InlineData(true)] // the video cannot be found
    [InlineData(false)] // it is found and cannot be read
    public async Task What_was_accepted_is_never_answered_so_that_it_is_sent_again(bool isAway)
    {
        // No trouble of the kind that the client retries.
        await using var storage = new ScriptedServer(connection => !isAway && connection.Head.StartsWith("HEAD", StringComparison.Ordinal)
            ? connection.HeadAsync(Properties)
            : connection.SendAsync([], "403 Forbidden", ""));
        var blobs = new UriBuilder(storage.Url) { Path = "devstoreaccount1", Query = "" }.Uri.AbsoluteUri;
        var engine = new MemoryEngine(TimeProvider.System)
        {
            StateOfNew = new GenerationState(
                GenerationStatus.Completed,
                Stage.Done,
                FinishedAt: DateTimeOffset.UtcNow,
                Charged: Charged.Yes,
                Video: new SavedVideo("desk/one.mp4", 4, "00", "video/mp4"),
                Metrics: new Segmind.RenderMetrics(1.75m)),
        };
        await using var host = await ApiHost.StartAsync(
            TimeProvider.System, engine, ("AzureWebJobsStorage", $"BlobEndpoint={blobs};AccountName=devstoreaccount1;AccountKey={Convert.ToBase64String(new byte[64])}"));
        using var caller = new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { { "x-api-key", ApiHost.Desk } } };

        using var answer = await caller.PostAsync("/v1/kling-2.6", new StringContent("""{"prompt": "a ferry"}""", Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.True(answer.StatusCode == HttpStatusCode.GatewayTimeout, $"{(int)answer.StatusCode} {text}");
        Assert.Null(answer.Headers.RetryAfter);
        Assert.False(answer.Headers.Contains("x-cost"));
        var body = JsonNode.Parse(text)!;
        var id = (string?)body["request_id"];
        Assert.Equal([$"desk_{id}"], engine.Started);
        Assert.Equal([id], answer.Headers.GetValues("x-request-id"));
        Assert.Equal(("answer_unavailable", "COMPLETED"), ((string?)body["error_code"], (string?)body["status"]));
        Assert.EndsWith($"/v2/requests/{id}/status", (string?)body["status_url"], StringComparison.Ordinal);
        Assert.Contains("do not send it again", (string?)body["error"], StringComparison.Ordinal);
        (await Description.ReadAsync(caller)).AssertAnswer("POST", "/v1/kling-2.6", 504, "application/json", text);
        Assert.Equal(isAway, !storage.Heads.Any(head => head.StartsWith("GET", StringComparison.Ordinal) && head.Contains("/desk/one.mp4", StringComparison.Ordinal)));
    }
}

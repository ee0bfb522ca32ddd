using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Reel.EndToEnd.Tests.Api;
using Reel.Generations;
using Reel.Models;
using Reel.Records;
using Reel.Webhooks;

namespace Reel.ErrorTable;

/// <summary>Real answers of every route, held against the description that the same host gives; for both hosts.</summary>
internal sealed class DescribedAnswers(IErrorWorld world, Description description)
{
    private const string Unknown = "9f4b9c3e-1234-8abc-9def-0123456789ab";

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Calls every route, and looks at every answer.</summary>
    public static async Task AssertAsync(IErrorWorld world) => await new DescribedAnswers(world, await Description.ReadAsync(world.Http)).AssertAsync();

    private async Task AssertAsync()
    {
        var video = new SavedVideo($"{Unknown}.mp4", 4, new string('0', 64), "video/mp4");
        await new BlobContainerClient(world.Storage, "videos").CreateIfNotExistsAsync();
        await new BlobClient(world.Storage, "videos", video.BlobName).UploadAsync(
            BinaryData.FromString("film"),
            new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["requestid"] = Unknown, ["sha256"] = video.Sha256, ["length"] = "4" } });

        foreach (var model in ModelCatalog.All)
        {
            world.StateOfNew = null;
            var example = model.Example.GetRawText();
            await SendAsync("POST", $"/v2/{model.Slug}", 200, example);
            await SendAsync("POST", $"/v2/{model.Slug}?dry_run=true", 200, example);
            await SendAsync("POST", $"/v2/{model.Slug}", 400, "{}");
            world.StateOfNew = new GenerationState(GenerationStatus.Completed, Stage.Done, Video: video, Charged: Charged.Yes, Metrics: new(0.5m, 10m, 1, 2, 3));
            await SendAsync("POST", $"/v1/{model.Slug}", 200, example);
            await SendAsync("POST", $"/v1/{model.Slug}", 200, example, accept: "application/json");
        }

        world.StateOfNew = new GenerationState(GenerationStatus.Completed, Stage.Done, Video: video, Charged: Charged.Yes, FinishedAt: DateTimeOffset.UtcNow, Metrics: new(0.5m, 10m, 1, 2, 3));
        var done = await SubmitAsync();
        world.StateOfNew = new GenerationState(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: DateTimeOffset.UtcNow);
        var busy = await SubmitAsync();
        world.StateOfNew = new GenerationState(GenerationStatus.Failed, Stage.Done, Error: "because", ErrorCode: ErrorCodes.SubmitOutcomeUnknown, Charged: Charged.Unknown);
        var lost = await SubmitAsync();
        foreach (var id in (string[])[done, busy, lost, Unknown])
        {
            var status = id == lost ? 422 : id == Unknown ? 404 : 200;
            await SendAsync("GET", $"/v1/requests/{id}", status);
            await SendAsync("GET", $"/v2/requests/{id}", status);
            await SendAsync("GET", $"/v2/requests/{id}/status", status);
            await SendAsync("GET", $"/v2/requests/{id}/events", id == Unknown ? 404 : 200);
            await SendAsync("GET", $"/v2/requests/{id}/video", id == busy ? 409 : status);
            await SendAsync("POST", $"/v2/requests/{id}/resubmit", id == lost ? 200 : id == Unknown ? 404 : 409);
        }

        // Whole, in part, unchanged, and beyond its end; under way, cancelled, and deleted.
        await SendAsync("GET", $"/v2/requests/{done}/video", 206, header: ("Range", "bytes=1-2"));
        await SendAsync("GET", $"/v2/requests/{done}/video", 416, header: ("Range", "bytes=9-"));
        await SendAsync("GET", $"/v2/requests/{done}/video", 304, header: ("If-None-Match", $"\"{video.Sha256}\""));
        await SendAsync("DELETE", $"/v2/requests/{busy}", 409);
        foreach (var id in (string[])[done, busy, busy, lost, Unknown]) await SendAsync("POST", $"/v2/requests/{id}/cancel", id == Unknown ? 404 : 200);
        await SendAsync("GET", $"/v2/requests/{busy}", 422);
        foreach (var status in (int[])[204, 404]) await SendAsync("DELETE", $"/v2/requests/{busy}", status);

        await SendAsync("GET", $"/v2/requests/{lost}", 422); // with resubmitted_as
        await AssertDeliveriesAsync(done, lost);
        await SendAsync("GET", "/v2/requests?limit=2", 200);
        await SendAsync("GET", "/v2/requests?limit=200", 400);
        await SendAsync("GET", "/v2/usage", 200);
        await SendAsync("GET", "/v2/usage?since=soon", 400);
        await SendAsync("GET", "/v2/webhooks/keys", 200);
        await SendAsync("GET", "/v2/models", 200);
        foreach (var model in ModelCatalog.All) await SendAsync("GET", $"/v2/models/{model.Slug}", 200);
        await SendAsync("GET", "/v2/models/kling-9", 404);
        foreach (var path in (string[])["/healthz", "/openapi.json", "/docs", "/", "/page/1/app.js"]) await SendAsync("GET", path, 200);

        // A key that may not spend as much as that.
        await SendAsync("POST", "/v2/kling-2.6", 406, """{"prompt": "a"}""", key: Rows.PerDay);
        await SendAsync("POST", "/v1/kling-2.6", 406, """{"prompt": "a"}""", key: Rows.PerDay);
        await SendAsync("POST", "/v2/kling-2.6?dry_run=true", 200, """{"prompt": "a"}""", key: Rows.PerDay);

        world.StateOfNew = null;
        var batch = (string)JsonNode.Parse(await SendAsync("POST", "/v2/batches", 200, """{"requests": [{"model": "kling-2.6", "prompt": "a"}], "metadata": {"a": 1}}"""))!["batch_id"]!;
        await SendAsync("POST", "/v2/batches", 400, """{"requests": []}""");
        await SendAsync("GET", "/v2/batches", 200);
        foreach (var (id, status) in ((string, int)[])[(batch, 200), (Unknown, 404)])
        {
            await SendAsync("GET", $"/v2/batches/{id}", status);
            await SendAsync("GET", $"/v2/batches/{id}/requests", status);
            await SendAsync("GET", $"/v2/batches/{id}/deliveries", status);
            await SendAsync("POST", $"/v2/batches/{id}/deliveries/redeliver", status == 404 ? 404 : 409);
        }

        await SendAsync("POST", $"/v2/batches/{Unknown}/cancel", 404);

        await SendAsync("POST", $"/v2/batches/{batch}/cancel", 202);
        foreach (var path in (string[])["", "/requests"]) await SendAsync("GET", $"/v2/batches/{batch}{path}", 200);

        // A key that may send one request in a minute.
        foreach (var status in (int[])[200, 429]) await SendAsync("POST", "/v2/kling-2.6", status, """{"prompt": "a"}""", key: Rows.PerMinute);
        foreach (var path in (string[])["/v1/kling-2.6", "/v2/batches", $"/v2/requests/{lost}/resubmit"])
        {
            // What is another key's is not found, whatever its limits.
            var body = path == "/v2/batches" ? """{"requests": [{"model": "kling-2.6", "prompt": "a"}]}""" : """{"prompt": "a"}""";
            await SendAsync("POST", path, path.EndsWith("resubmit", StringComparison.Ordinal) ? 404 : 429, body, key: Rows.PerMinute);
        }

        world.IsEngineDown = true;
        await SendAsync("GET", $"/v2/requests/{done}", 503);
        world.IsEngineDown = false;
        Assert.Equal([], description.Operations.Select(one => one.Route).Where(route => !IsSeen(route)));
    }

    private async Task AssertDeliveriesAsync(string heard, string unheard)
    {
        var webhook = new WebhookEvent(WebhookEvent.IdFor(heard, WebhookTypes.VideoCompleted), WebhookTypes.VideoCompleted, DateTimeOffset.UtcNow, "https://shop.test/described", "{}");
        var attempt = new DeliveryAttempt(1, DateTimeOffset.UtcNow, AttemptVerdict.Rejected, 410, 5, "gone", null);
        await world.AddDeliveryAsync(
            DeliveryIds.First("desk", heard, webhook.Type), webhook, new DeliveryProgress(webhook.Id, webhook.Type, DeliveryState.Failed, 1, null, DeliveryEnd.Gone, [attempt]));
        await SendAsync("POST", $"/v2/requests/{heard}/deliveries/redeliver", 202, """{"type": "video.completed"}""");
        await SendAsync("POST", $"/v2/requests/{heard}/deliveries/redeliver", 400, """{"kind": 1}""");
        await SendAsync("POST", $"/v2/requests/{unheard}/deliveries/redeliver", 409);
        await SendAsync("GET", $"/v2/requests/{heard}/deliveries", 200);
        await SendAsync("GET", $"/v2/requests/{Unknown}/deliveries", 404);

        await new RecordStore(new BlobServiceClient(world.Storage)).CreateAsync(
            EndpointRecords.NameOf(WebhookEndpoint.Of("desk", webhook.Url)), new EndpointHealth(webhook.Url, webhook.Timestamp, webhook.Timestamp, 1, LastError: "no answer within 15 s"));
        await SendAsync("GET", "/v2/webhooks/endpoints", 200);
        await SendAsync("GET", "/v2/webhooks/endpoints?limit=x", 400);
        await SendAsync("POST", "/v2/webhooks/endpoints/resume", 202, """{"url": "https://shop.test/described", "redeliver": true}""");
        await SendAsync("POST", "/v2/webhooks/endpoints/resume", 404, """{"url": "https://shop.test/described"}""");
    }

    private bool IsSeen(string route) => seen.Any(call => ReferenceEquals(description.Find(call.Split(' ')[0], call.Split(' ')[1]), description.Find(route.Split(' ')[0], route.Split(' ')[1])));

    private async Task<string> SubmitAsync() =>
        (string)JsonNode.Parse(await SendAsync("POST", "/v2/kling-2.6", 200, """{"prompt": "a", "metadata": {"a": 1}}"""))!["request_id"]!;

    private async Task<string> SendAsync(string verb, string path, int status, string? body = null, string key = Rows.Key, string? accept = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Headers = { { "x-api-key", key } } };
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (header is var (name, value)) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null) request.Content = new StringContent(body, null, "application/json");
        using var answer = await world.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{verb} {path}: {(int)answer.StatusCode} {text}");
        description.AssertAnswer(verb, path, status, answer.Content.Headers.ContentType?.MediaType, text);
        seen.Add($"{verb} {path}");
        return text;
    }
}

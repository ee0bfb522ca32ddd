using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.DependencyInjection;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Emulator;
using Reel.Generations;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Real answers of every route, held against the description.</summary>
public sealed class DescribedAnswerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const string Unknown = "9f4b9c3e-1234-8abc-9def-0123456789ab";

    private readonly TurnableTime time = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private MemoryEngine engine = null!;
    private ApiHost host = null!;
    private Description description = null!;

    private HttpClient Http { get; set; } = null!;

    public async Task InitializeAsync()
    {
        engine = new MemoryEngine(time);
        host = await ApiHost.StartAsync(time, engine, ("AzureWebJobsStorage", azurite.ConnectionString), ("Api:SyncWait", "00:00:01"), ("Api:StreamLimit", "00:00:01"),
            ("Api:Limits:shop:UsdPerDay", "0.01"));
        Http = new HttpClient { BaseAddress = host.Url };
        description = await Description.ReadAsync(Http);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Every_route_answers_as_it_is_described()
    {
        var video = new SavedVideo($"{Unknown}.mp4", 4, new string('0', 64), "video/mp4");
        await new BlobContainerClient(azurite.ConnectionString, "videos").CreateIfNotExistsAsync();
        await new BlobClient(azurite.ConnectionString, "videos", video.BlobName).UploadAsync(
            BinaryData.FromString("film"),
            new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["requestid"] = Unknown, ["sha256"] = video.Sha256, ["length"] = "4" } });

        foreach (var model in ModelCatalog.All)
        {
            engine.StateOfNew = null;
            var example = model.Example.GetRawText();
            await SendAsync("POST", $"/v2/{model.Slug}", 200, example);
            await SendAsync("POST", $"/v2/{model.Slug}?dry_run=true", 200, example);
            await SendAsync("POST", $"/v2/{model.Slug}", 400, "{}");
            engine.StateOfNew = new GenerationState(GenerationStatus.Completed, Stage.Done, Video: video, Charged: Charged.Yes, Metrics: new(0.5m, 10m, 1, 2, 3));
            await SendAsync("POST", $"/v1/{model.Slug}", 200, example);
            await SendAsync("POST", $"/v1/{model.Slug}", 200, example, accept: "application/json");
        }

        engine.StateOfNew = new GenerationState(GenerationStatus.Completed, Stage.Done, Video: video, Charged: Charged.Yes, FinishedAt: time.GetUtcNow(), Metrics: new(0.5m, 10m, 1, 2, 3));
        var done = await SubmitAsync();
        engine.StateOfNew = new GenerationState(GenerationStatus.Processing, Stage.Rendering, SubmittedAt: time.GetUtcNow());
        var busy = await SubmitAsync();
        engine.StateOfNew = new GenerationState(GenerationStatus.Failed, Stage.Done, Error: "because", ErrorCode: ErrorCodes.SubmitOutcomeUnknown, Charged: Charged.Unknown);
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
            if (id != busy) await SendAsync("POST", $"/v2/requests/{id}/cancel", id == Unknown ? 404 : 200);
        }

        await SendAsync("GET", $"/v2/requests/{lost}", 422); // with resubmitted_as
        engine.StateOfNew = null;
        var webhook = new WebhookEvent(WebhookEvent.IdFor(done, WebhookTypes.VideoCompleted), WebhookTypes.VideoCompleted, time.GetUtcNow(), "https://shop.test/described", "{}");
        var delivery = InstanceIds.OfDelivery("desk", done, webhook.Type);
        await engine.StartAsync(WebhookDelivery.Name, delivery, webhook);
        engine.Tell(
            delivery,
            new DeliveryProgress(webhook.Id, webhook.Type, DeliveryState.Failed, 1, null, DeliveryEnd.Gone, [new(1, time.GetUtcNow(), AttemptVerdict.Rejected, 410, 5, "gone", null)]),
            isOver: true);
        await SendAsync("POST", $"/v2/requests/{done}/deliveries/redeliver", 202, """{"type": "video.completed"}""");
        await SendAsync("POST", $"/v2/requests/{done}/deliveries/redeliver", 400, """{"kind": 1}""");
        await SendAsync("POST", $"/v2/requests/{busy}/deliveries/redeliver", 409);
        await SendAsync("GET", $"/v2/requests/{done}/deliveries", 200);
        await SendAsync("GET", $"/v2/requests/{Unknown}/deliveries", 404);
        await host.Services.GetRequiredService<EndpointRecords>().NoteAsync(
            WebhookEndpoint.Of("desk", webhook.Url), new AttemptOutcome(AttemptVerdict.Failed, time.GetUtcNow(), 15_000, Error: "no answer within 15 s"), default);
        await SendAsync("GET", "/v2/webhooks/endpoints", 200);
        await SendAsync("GET", "/v2/webhooks/endpoints?limit=x", 400);
        await SendAsync("POST", "/v2/webhooks/endpoints/resume", 202, """{"url": "https://shop.test/described", "redeliver": true}""");
        await SendAsync("POST", "/v2/webhooks/endpoints/resume", 404, """{"url": "https://shop.test/described"}""");

        await SendAsync("GET", "/v2/requests?limit=2", 200);
        await SendAsync("GET", "/v2/requests?limit=200", 400);
        await SendAsync("GET", "/v2/usage", 200);
        await SendAsync("GET", "/v2/usage?since=soon", 400);
        await SendAsync("GET", "/v2/webhooks/keys", 200);
        await SendAsync("GET", "/v2/models", 200);
        foreach (var model in ModelCatalog.All) await SendAsync("GET", $"/v2/models/{model.Slug}", 200);
        await SendAsync("GET", "/v2/models/kling-9", 404);
        foreach (var path in (string[])["/healthz", "/openapi.json", "/docs"]) await SendAsync("GET", path, 200);

        // A key that may not spend as much as that.
        await SendAsync("POST", "/v2/kling-2.6", 406, """{"prompt": "a"}""", key: ApiHost.Shop);
        await SendAsync("POST", "/v1/kling-2.6", 406, """{"prompt": "a"}""", key: ApiHost.Shop);
        await SendAsync("POST", "/v2/kling-2.6?dry_run=true", 200, """{"prompt": "a"}""", key: ApiHost.Shop);

        engine.StateOfNew = null;
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

        await SendAsync("DELETE", $"/v2/requests/{Unknown}", 404);
        await SendAsync("DELETE", $"/v2/requests/{busy}", 409);

        engine.IsDown = true;
        await SendAsync("GET", $"/v2/requests/{busy}", 503);
        Assert.Equal([], description.Operations.Select(one => one.Route).Where(route => !IsSeen(route)));
    }

    private bool IsSeen(string route) => seen.Any(call => ReferenceEquals(description.Find(call.Split(' ')[0], call.Split(' ')[1]), description.Find(route.Split(' ')[0], route.Split(' ')[1])));

    private async Task<string> SubmitAsync() =>
        (string)JsonNode.Parse(await SendAsync("POST", "/v2/kling-2.6", 200, """{"prompt": "a", "metadata": {"a": 1}}"""))!["request_id"]!;

    private async Task<string> SendAsync(string verb, string path, int status, string? body = null, string key = ApiHost.Desk, string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Headers = { { "x-api-key", key } } };
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (body is not null) request.Content = new StringContent(body, null, "application/json");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{verb} {path}: {(int)answer.StatusCode} {text}");
        description.AssertAnswer(verb, path, status, answer.Content.Headers.ContentType?.MediaType, text);
        seen.Add($"{verb} {path}");
        return text;
    }
}

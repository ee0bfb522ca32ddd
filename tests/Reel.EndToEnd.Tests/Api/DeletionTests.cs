using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>DELETE /v2/requests/{id}: what goes, what stays, and what a deletion that was broken off leaves.</summary>
public sealed class DeletionTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string key = $"key {Guid.NewGuid()}";
    private ApiPair pair = null!;
    private BlobContainerClient videos = null!;

    public async Task InitializeAsync()
    {
        pair = await ApiPair.StartAsync(azurite);
        pair.TurnToADayOfItsOwn();
        videos = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("videos");
        await videos.CreateIfNotExistsAsync();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Record_and_video_and_what_is_under_way_for_its_webhook_are_gone()
    {
        var (id, video) = await CompleteAsync();

        var deleted = await pair.DeleteAsync($"/v2/requests/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Empty(pair.Engine.Ids);
        Assert.False(await video.ExistsAsync());
        foreach (var path in (string[])["", "/status", "/video"])
        {
            var answer = await pair.GetAsync($"/v2/requests/{id}{path}");
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer["error_code"]));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);
        await AssertCountedOnceAsync();
    }

    [Fact]
    public async Task Broken_off_at_any_point_it_is_finished_by_repeating_it()
    {
        for (var calls = 0; ; calls++)
        {
            pair.TurnToADayOfItsOwn();
            var (id, video) = await CompleteAsync();

            pair.Engine.AnswerOnly(calls);
            var broken = await pair.DeleteAsync($"/v2/requests/{id}");
            pair.Engine.AnswerOnly(null);
            if (broken.Status == HttpStatusCode.NoContent)
            {
                Assert.True(calls > 5, $"{calls} calls were enough.");
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.Status);
            Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);
            Assert.Empty(pair.Engine.Ids);
            Assert.False(await video.ExistsAsync());
            await AssertCountedOnceAsync();
        }
    }

    [Fact]
    public async Task What_is_under_way_is_not_deleted()
    {
        var id = await pair.SubmitAsync("a lighthouse");

        var early = await pair.DeleteAsync($"/v2/requests/{id}");

        Assert.Equal((HttpStatusCode.Conflict, "not_final"), (early.Status, early["error_code"]));
        Assert.Contains("/cancel", early["error"], StringComparison.Ordinal);
        Assert.Equal([$"desk_{id}"], pair.Engine.Ids);

        pair.Engine.Fail($"desk_{id}", ErrorCodes.Canceled, Charged.No);
        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);
    }

    [Fact]
    public async Task Anothers_is_not_found()
    {
        var (id, video) = await CompleteAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await pair.DeleteAsync($"/v2/requests/{id}", ApiPair.Shop)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await pair.DeleteAsync("/v2/requests/desk_" + id)).Status);
        Assert.Equal(1 + WebhookTypes.OfVideo.Count, pair.Engine.Ids.Count);
        Assert.True(await video.ExistsAsync());
    }

    [Fact]
    public async Task Its_idempotency_key_neither_brings_it_back_nor_starts_another_until_its_lifetime_is_over()
    {
        var (id, _) = await CompleteAsync();
        await pair.DeleteAsync($"/v2/requests/{id}");

        foreach (var hours in (int[])[0, 11, 12])
        {
            pair.Time.Turn(TimeSpan.FromHours(hours));
            var again = await PostAsync("a lighthouse");
            Assert.Equal((HttpStatusCode.Conflict, "request_deleted"), (again.Status, again["error_code"]));
            Assert.Equal("idempotency_key_reused", (await PostAsync("a tower"))["error_code"]);
        }

        pair.Time.Turn(TimeSpan.FromHours(2));
        var later = await PostAsync("a lighthouse");
        Assert.Equal((HttpStatusCode.OK, false), (later.Status, later.Headers.Contains("Idempotent-Replayed")));
        Assert.NotEqual(id, later["request_id"]);
        Assert.Equal([$"desk_{later["request_id"]}"], pair.Engine.Ids);
    }

    /// <summary>A request that is COMPLETED, with its video, and deliveries of all kinds of its webhooks that nobody hears.</summary>
    private async Task<(string Id, BlobClient Video)> CompleteAsync()
    {
        var id = await pair.SubmitAsync("a lighthouse", key);
        var video = videos.GetBlobClient(SavedVideo.NameOf("desk", id));
        await video.UploadAsync(BinaryData.FromString("frames"));
        var state = new GenerationState(
            GenerationStatus.Completed,
            Stage.Done,
            FinishedAt: pair.Time.GetUtcNow(),
            Charged: Charged.Yes,
            Video: new SavedVideo(video.Name, 6, "00", "video/mp4"),
            Metrics: new Segmind.RenderMetrics(1.75m));
        pair.Engine.Advance($"desk_{id}", state, isDelivering: true);
        foreach (var type in WebhookTypes.OfVideo)
        {
            await pair.Engine.StartAsync(
                WebhookDelivery.Name,
                InstanceIds.OfDelivery("desk", id, type),
                new WebhookEvent("evt", type, pair.Time.GetUtcNow(), "http://127.0.0.1:9", "{}"));
        }

        return (id, video);
    }

    private Task<Answer> PostAsync(string prompt) => pair.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = prompt }, key);

    private async Task AssertCountedOnceAsync()
    {
        var total = (await pair.GetAsync("/v2/usage")).Body!["total"]!;
        Assert.Equal((1, 1, 1.75m), ((int)total["requests"]!, (int)total["completed"]!, (decimal)total["cost_usd"]!));
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.DependencyInjection;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Local.Azurite;
using Reel.Orchestration;
using Reel.Records;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What is kept for how long: videos and records in a storage account of the test's own, by a clock that is turned.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private readonly string container = $"videos-{Guid.NewGuid():N}";
    private readonly string caller = $"c{Guid.NewGuid():N}";
    private AzuriteServer azurite = null!;
    private ApiPair pair = null!;
    private BlobContainerClient videos = null!;

    public async Task InitializeAsync()
    {
        azurite = await AzuriteServer.StartAsync(await AzuriteFixture.InstallAsync(), TestFolder.Create(), preferredPort: 0);
        pair = await ApiPair.StartAsync(azurite.ConnectionString, ("Videos:Retention", "10.00:00:00"), ("Videos:Container", container));
        videos = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(container);
        await videos.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        await pair.DisposeAsync();
        await azurite.DisposeAsync();
    }

    [Fact]
    public async Task A_video_goes_after_its_retention_and_its_request_says_so()
    {
        var id = await pair.SubmitAsync("a lighthouse");
        var video = await PutAsync(SavedVideo.NameOf("desk", id), new Dictionary<string, string> { ["requestid"] = id });
        var foreign = await PutAsync("somebody/else.mp4", []);
        pair.Engine.Advance($"desk_{id}", new GenerationState(
            GenerationStatus.Completed, Stage.Done, FinishedAt: pair.Time.GetUtcNow(), Charged: Charged.Yes, Video: new SavedVideo(video.Name, 6, "00", "video/mp4")));

        await SweepAsync(9);
        Assert.True(await video.ExistsAsync());
        Assert.NotNull((await pair.GetAsync($"/v2/requests/{id}"))["output"]);

        await SweepAsync(2);
        Assert.False(await video.ExistsAsync());
        Assert.True(await foreign.ExistsAsync());
        var result = await pair.GetAsync($"/v2/requests/{id}");
        Assert.Equal((HttpStatusCode.OK, "COMPLETED", "true", null), (result.Status, result["status"], result["video_gone"], result["output"]));
        var gone = await pair.GetAsync($"/v2/requests/{id}/video");
        Assert.Equal((HttpStatusCode.NotFound, "video_gone"), (gone.Status, gone["error_code"]));
    }

    [Fact]
    public async Task No_answer_links_to_a_video_past_its_retention_be_it_there_still()
    {
        var video = await PutAsync("desk/old.mp4", new() { ["requestid"] = "any", ["sha256"] = "00", ["length"] = "6" });
        pair.Engine.StateOfNew = new GenerationState(
            GenerationStatus.Completed, Stage.Done, FinishedAt: pair.Time.GetUtcNow().AddDays(-11), Charged: Charged.Yes, Video: new SavedVideo(video.Name, 6, "00", "video/mp4"));

        var bytes = await PostAsync("video/mp4");
        var json = await PostAsync("application/json");
        var generation = new Generation(Request(RequestId.New(pair.Time.GetUtcNow())), pair.Engine.StateOfNew);
        var webhook = JsonNode.Parse(await pair.Services.GetRequiredService<IWebhookContent>().WriteDataAsync(
            WebhookTypes.VideoCompleted, OrchestrationJson.Write(generation), CancellationToken.None))!;

        Assert.Equal((HttpStatusCode.NotFound, "video_gone"), (bytes.Status, (string?)bytes.Body["error_code"]));
        Assert.Equal((HttpStatusCode.OK, "COMPLETED"), (json.Status, (string?)json.Body["status"]));
        Assert.All((JsonNode[])[json.Body, webhook], result => Assert.Equal((true, null, null), ((bool?)result["video_gone"], result["output"], result["video"])));

        async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string accept)
        {
            using var http = new HttpClient { BaseAddress = pair.Url, DefaultRequestHeaders = { { "x-api-key", ApiPair.Desk }, { "Accept", accept } } };
            using var answer = await http.PostAsync("/v1/kling-2.6", new StringContent("""{"prompt": "a ferry"}""", null, "application/json"));
            return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
        }
    }

    [Fact]
    public async Task Records_go_a_month_after_their_requests_and_not_while_there_is_one()
    {
        var id = RequestId.New(pair.Time.GetUtcNow());
        var kept = RequestId.New(pair.Time.GetUtcNow());
        await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of(caller, kept), Request(kept));
        string[] mortal =
        [
            $"submissions/{caller}_{id}.json", $"resubmissions/{caller}_{id}.json", $"idempotency/{caller}/0a.json", $"usage/{caller}/2026-01-01/{id}_x",
            $"batches/{caller}/{id}/000.json",
        ];
        var serving = $"submissions/{caller}_{kept}.json";
        foreach (var name in (string[])[.. mortal, serving]) Assert.NotNull(await pair.Records.CreateAsync(name, new ResubmissionRecord(id)));

        await SweepAsync(59);
        Assert.All(await ExistAsync(mortal), Assert.True);

        await SweepAsync(2);
        Assert.All(await ExistAsync(mortal), Assert.False);
        Assert.All(await ExistAsync([serving]), Assert.True);

        pair.Engine.Forget(InstanceIds.Of(caller, kept));
        await SweepAsync(0);
        Assert.All(await ExistAsync([serving]), Assert.False);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_fails_is_forgotten_after_that_time_and_one_that_is_paused_is_not(bool isPaused)
    {
        var now = pair.Time.GetUtcNow();
        var name = EndpointRecords.NameOf(new WebhookEndpoint(caller, "https://shop.test/hook"));
        await pair.Records.CreateAsync(name, new EndpointHealth("https://shop.test/hook", now, now, 5, PausedAt: isPaused ? now : null));

        await SweepAsync(400);

        Assert.Equal([isPaused], await ExistAsync([name]));
    }

    [Fact]
    public async Task A_record_that_was_written_anew_is_not_deleted_as_the_old_one()
    {
        var name = $"idempotency/{caller}/0b.json";
        var written = await pair.Records.CreateAsync(name, new ResubmissionRecord("1"));
        RecordVersion? listed = null;
        await foreach (var version in pair.Records.ListVersionsAsync(name)) listed = version;
        await pair.Records.ReplaceAsync(name, new ResubmissionRecord("2"), written!.ETag);

        Assert.False(await pair.Records.DeleteAsync(listed!));
        Assert.Equal("2", (await pair.Records.ReadAsync<ResubmissionRecord>(name))!.Value.RequestId);
    }

    private async Task SweepAsync(int daysLater)
    {
        pair.Time.Turn(TimeSpan.FromDays(daysLater));
        using var scope = pair.Services.CreateScope();
        await scope.ServiceProvider.GetRequiredService<Retention>().PurgeAsync(CancellationToken.None);
    }

    private async Task<BlobClient> PutAsync(string name, Dictionary<string, string> metadata)
    {
        var blob = videos.GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString("frames"), new BlobUploadOptions { Metadata = metadata });
        return blob;
    }

    private GenerationRequest Request(string id) => new(
        id, caller, "kling-2.6", "{}", pair.Time.GetUtcNow(), pair.Time.GetUtcNow().AddHours(1), new PollSchedule(120, 4, 60), "http://reel.test");

    private async Task<IEnumerable<bool>> ExistAsync(string[] names)
    {
        List<bool> exist = [];
        foreach (var name in names) exist.Add(await pair.Records.ReadAsync<ResubmissionRecord>(name) is not null);
        return exist;
    }
}

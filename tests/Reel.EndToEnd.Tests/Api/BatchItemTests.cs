using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reel.Batches;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>A batch's requests before they are begun, when they are begun late, and when they are gone.</summary>
public sealed class BatchItemTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private ApiPair pair = null!;

    public async Task InitializeAsync()
    {
        pair = await ApiPair.StartAsync(azurite, ("Webhooks:Secret", Inbox.Secret));
        pair.TurnToADayOfItsOwn();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task What_waits_behind_others_says_so_in_its_estimate()
    {
        var (_, ids) = await StartAsync(10, concurrency: 2, duration: 10);

        var first = await StatusAsync(ids[1]);
        var last = await StatusAsync(ids[9]);

        // Four renders of about five minutes come before the last.
        Assert.Equal("1", Assert.Single(first.Headers.GetValues("Retry-After")));
        Assert.Equal("60", Assert.Single(last.Headers.GetValues("Retry-After")));
        Assert.InRange(SecondsLeft(first), 270, 310);
        Assert.Equal(5.0, (double)SecondsLeft(last) / SecondsLeft(first), 0.1);
        Assert.Equal(0, (double)last.Body!["progress"]!["fraction"]!);
    }

    [Fact]
    public async Task Its_estimate_goes_by_renders_that_were_seen()
    {
        var (batch, ids) = await StartAsync(1);
        var times = pair.Services.GetRequiredService<RenderTimes>();
        for (var i = 0; i < 3; i++) await times.NoteAsync(new RenderedTime("kling-1.6-image2video/5-std", 9, 9));

        Assert.Equal(9, (await LookAsync(batch)).Request!.ExpectedSeconds);
        Assert.Single(ids);
    }

    [Fact]
    public async Task One_that_was_cancelled_alone_tells_its_webhook_once()
    {
        var (batch, ids) = await StartAsync(2, webhookUrl: "https://example.com/hook");
        await CancelAsync(batch, 0);
        var canceledAt = pair.Time.GetUtcNow();
        pair.Time.Turn(TimeSpan.FromHours(1));

        for (var i = 0; i < 2; i++) Assert.Equal(BatchItemKind.Canceled, (await LookAsync(batch)).Kind);

        var delivery = InstanceIds.OfDelivery("desk", ids[0], WebhookTypes.VideoFailed);
        Assert.Single(pair.Engine.Started, delivery);
        var finishedAt = (DateTimeOffset)(await StatusAsync(ids[0])).Body!["finished_at"]!;
        Assert.InRange(finishedAt, canceledAt.AddMinutes(-5), canceledAt);
    }

    [Fact]
    public async Task One_that_was_begun_days_after_its_batch_and_deleted_has_ended_for_its_lane()
    {
        var (batch, ids) = await StartAsync(1);
        pair.Time.Turn(TimeSpan.FromDays(4));
        await BeginAsync(batch);
        pair.Engine.Fail($"desk_{ids[0]}", ErrorCodes.Canceled, Charged.No);

        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{ids[0]}")).Status);

        Assert.Equal(new BatchItemStand(BatchItemKind.Ended, End: new BatchItemEnd(ErrorCodes.Canceled)), await LookAsync(batch));
        Assert.Equal(HttpStatusCode.NotFound, (await pair.GetAsync($"/v2/requests/{ids[0]}")).Status);
        Assert.Empty(Items(await pair.GetAsync($"/v2/batches/{batch}/requests")));
    }

    [Fact]
    public async Task One_that_is_deleted_leaves_no_prompt()
    {
        var (batch, ids) = await StartAsync(3);
        await BeginAsync(batch);
        pair.Engine.Fail($"desk_{ids[0]}", ErrorCodes.ProviderFailed, Charged.No);
        await CancelAsync(batch, 1);

        foreach (var id in ids[..2]) Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        var contents = new BatchRecords(pair.Records);
        Assert.Null(await contents.ReadContentAsync("desk", batch, 0, CancellationToken.None));
        Assert.Null(await contents.ReadContentAsync("desk", batch, 1, CancellationToken.None));
        Assert.Contains("number 2", (await contents.ReadContentAsync("desk", batch, 2, CancellationToken.None))!.Parameters, StringComparison.Ordinal);
        Assert.Equal([ids[2]], Items(await pair.GetAsync($"/v2/batches/{batch}/requests")));
    }

    [Fact]
    public async Task A_list_filters_by_the_time_that_it_shows()
    {
        var (batch, ids) = await StartAsync(1);
        pair.Time.Turn(TimeSpan.FromDays(4));
        await BeginAsync(batch);
        var shown = (DateTimeOffset)(await StatusAsync(ids[0])).Body!["created_at"]!;

        Assert.Equal(ids, Items(await ListAsync(shown.AddMinutes(-1), shown.AddMinutes(1))));
        Assert.Empty(Items(await ListAsync(shown.AddDays(3), shown.AddDays(5))));
    }

    [Fact]
    public async Task A_page_that_little_fits_takes_a_bounded_number_of_calls_and_leads_on()
    {
        var (batch, ids) = await StartAsync(300, concurrency: 50);
        await BeginAsync(batch, 299);
        pair.Engine.Fail($"desk_{ids[299]}", ErrorCodes.ProviderFailed, Charged.No);
        pair.Engine.Listed.Clear();

        var page = await pair.GetAsync($"/v2/batches/{batch}/requests?status=FAILED&limit=100");
        var calls = pair.Engine.Listed.Count;
        var second = await pair.GetAsync($"/v2/batches/{batch}/requests?status=FAILED&limit=100&cursor={page["next_cursor"]}");

        Assert.Empty(Items(page));
        Assert.InRange(calls, 1, 20);
        Assert.Equal([ids[299]], Items(second));
        Assert.Null(second["next_cursor"]);
    }

    /// <summary>Starts a batch of a kind that no other test renders, since what is learned of render times stays in the storage that they share.</summary>
    private async Task<(string Batch, List<string> Ids)> StartAsync(int count, int concurrency = 1, string? webhookUrl = null, int duration = 5)
    {
        JsonNode Item(int index) => new JsonObject
        {
            ["model"] = "kling-1.6-image2video", ["image"] = "https://images.test/one.png", ["mode"] = "std", ["duration"] = duration,
            ["prompt"] = $"number {index}", ["webhook_url"] = webhookUrl,
        };
        var accepted = await pair.PostAsync(
            "/v2/batches", new JsonObject { ["requests"] = new JsonArray([.. Enumerable.Range(0, count).Select(Item)]), ["concurrency"] = concurrency });
        Assert.True(accepted.Status == HttpStatusCode.OK, $"{accepted.Status} {accepted.Body}");
        return (accepted["batch_id"]!, [.. accepted.Body!["request_ids"]!.AsArray().Select(id => (string)id!)]);
    }

    private async Task<BatchItemStand> LookAsync(string batch, int index = 0)
    {
        using var scope = pair.Services.CreateScope();
        var look = scope.ServiceProvider.GetRequiredService<LookAtBatchItemActivity>();
        return await look.RunAsync(new BatchItemInput(batch, "desk", index, "https://reel.test"), CancellationToken.None);
    }

    /// <summary>As a lane does.</summary>
    private async Task BeginAsync(string batch, int index = 0)
    {
        var request = (await LookAsync(batch, index)).Request!;
        await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of("desk", request.RequestId), request);
    }

    private Task CancelAsync(string batch, int index) =>
        new BatchRecords(pair.Records).CancelAsync("desk", batch, index, pair.Time.GetUtcNow(), CancellationToken.None);

    private Task<Answer> StatusAsync(string id) => pair.GetAsync($"/v2/requests/{id}/status");

    private Task<Answer> ListAsync(DateTimeOffset since, DateTimeOffset until)
    {
        static string Write(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));
        return pair.GetAsync($"/v2/requests?since={Write(since)}&until={Write(until)}");
    }

    private static int SecondsLeft(Answer answer) => (int)answer.Body!["progress"]!["seconds_left"]!;

    private static IEnumerable<string> Items(Answer page) => page.Body!["requests"]!.AsArray().Select(item => (string)item!["request_id"]!);
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reel.EndToEnd.Tests.Api;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Webhooks;

/// <summary>What callers see of deliveries, and what they can do about them, on two instances of an app that share an engine and storage.</summary>
public sealed class DeliveryTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string url = $"https://shop.test/{Guid.NewGuid():N}";
    private ApiPair pair = null!;

    private MissedEvents Missed => pair.Services.GetRequiredService<MissedEvents>();

    public async Task InitializeAsync() => pair = await ApiPair.StartAsync(azurite);

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Without_a_webhook_there_is_nothing_to_see_and_nothing_to_send()
    {
        var id = await pair.SubmitAsync("a lighthouse");

        Assert.Empty((await pair.GetAsync($"/v2/requests/{id}/deliveries")).Body!["deliveries"]!.AsArray());
        var again = await pair.PostAsync($"/v2/requests/{id}/deliveries/redeliver");
        Assert.Equal((HttpStatusCode.Conflict, "no_delivery"), (again.Status, again["error_code"]));
    }

    [Fact]
    public async Task Each_delivery_of_each_event_is_listed_with_every_attempt_while_it_lasts_and_afterwards()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        var next = pair.Time.GetUtcNow().AddHours(2);
        pair.Engine.Tell(instance, Progress(DeliveryState.Pending, next, Rejected(1), new DeliveryAttempt(2, At, AttemptVerdict.Failed, null, 15_000, null, "no answer within 15 s")), isOver: false);

        var pending = Assert.Single((await pair.GetAsync($"/v2/requests/{id}/deliveries")).Body!["deliveries"]!.AsArray())!;
        Assert.Equal(("pending", "video.completed", url + "?order=1", false), ((string)pending["state"]!, (string)pending["type"]!, (string)pending["url"]!, (bool)pending["paused"]!));
        Assert.Equal(next, (DateTimeOffset)pending["next_attempt_at"]!);
        Assert.Equal(
            [(1, "rejected", 503, "down", null), (2, "failed", null, null, "no answer within 15 s")],
            pending["attempts"]!.AsArray().Select(one => ((int)one!["number"]!, (string)one["verdict"]!, (int?)one["status"], (string?)one["answer"], (string?)one["error"])));

        pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null, Rejected(1)) with { Ended = DeliveryEnd.Exhausted }, isOver: true);
        await pair.PostAsync($"/v2/requests/{id}/deliveries/redeliver");

        var both = (await pair.GetAsync($"/v2/requests/{id}/deliveries")).Body!["deliveries"]!.AsArray();
        Assert.Equal([("failed", "exhausted", null), ("pending", null, 1)], both.Select(one => ((string)one!["state"]!, (string?)one["ended"], (int?)one["redelivery"])));
        Assert.Single(both.Select(one => (string)one!["event_id"]!).Distinct());
    }

    [Fact]
    public async Task It_is_sent_again_under_the_same_id_and_by_type_or_id_if_so_wished()
    {
        var (id, completed) = await BeginAsync(WebhookTypes.VideoCompleted);
        var (_, queued) = await BeginAsync("video.queued", id);
        pair.Engine.Tell(completed, Progress(DeliveryState.Delivered, null), isOver: true);
        pair.Engine.Tell(queued, Progress(DeliveryState.Delivered, null), isOver: true);

        var final = await RedeliverAsync(id);
        var byType = await RedeliverAsync(id, new JsonObject { ["type"] = "video.queued" });
        var none = await RedeliverAsync(id, new JsonObject { ["event_id"] = "evt_other" });
        var wrong = await RedeliverAsync(id, new JsonObject { ["kind"] = "video.queued", ["type"] = 7 });

        Assert.Equal((HttpStatusCode.Accepted, WebhookEvent.IdFor(id, WebhookTypes.VideoCompleted), "1"), (final.Status, final["event_id"], final.Body!["redelivery"]!.ToString()));
        Assert.Equal((HttpStatusCode.Accepted, "video.queued"), (byType.Status, byType["type"]));
        Assert.Equal((HttpStatusCode.Conflict, "no_delivery"), (none.Status, none["error_code"]));
        Assert.Equal((HttpStatusCode.BadRequest, 2), (wrong.Status, wrong.Body!["errors"]!.AsObject().Count));
        Assert.Contains(completed + "_01", pair.Engine.Ids);
        Assert.Equal(
            [TimeSpan.Zero, TimeSpan.FromMinutes(1)],
            OrchestrationJson.Read<WebhookEvent>((await pair.Engine.GetAsync(completed + "_01"))!.Input)!.Schedule!);
    }

    [Fact]
    public async Task A_thousand_calls_at_once_begin_one_delivery()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoFailed);
        pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null) with { Ended = DeliveryEnd.Gone }, isOver: true);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => RedeliverAsync(id)));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Accepted, "pending"), (answer.Status, answer["state"])));
        Assert.Equal([instance, instance + "_01"], pair.Engine.Ids.Where(one => one.Contains(id, StringComparison.Ordinal) && one[0] == '_'));
    }

    [Fact]
    public async Task One_that_waits_is_told_to_make_an_attempt_now_and_not_again_right_after_one()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        var later = pair.Time.GetUtcNow().AddHours(5);
        pair.Engine.Tell(instance, Progress(DeliveryState.Pending, later, Rejected(1) with { At = pair.Time.GetUtcNow() }), isOver: false);

        var early = await RedeliverAsync(id);
        Assert.Equal((HttpStatusCode.Accepted, 0), (early.Status, pair.Engine.Raised.Count));
        Assert.Equal(later, (DateTimeOffset)early.Body!["next_attempt_at"]!);

        pair.Time.Turn(TimeSpan.FromSeconds(11));
        var told = await RedeliverAsync(id);

        Assert.Equal((instance, "wake"), Assert.Single(pair.Engine.Raised));
        Assert.True((DateTimeOffset)told.Body!["next_attempt_at"]! <= pair.Time.GetUtcNow());
        Assert.DoesNotContain(instance + "_01", pair.Engine.Ids);
    }

    [Fact]
    public async Task There_are_so_many_redeliveries_and_no_more()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        pair.Engine.Tell(instance, Progress(DeliveryState.Delivered, null), isOver: true);
        for (var number = 1; number <= DeliveryIds.MostRedeliveries; number++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await RedeliverAsync(id)).Status);
            pair.Engine.Tell(DeliveryIds.Redelivery(instance, number), Progress(DeliveryState.Delivered, null), isOver: true);
            pair.Time.Turn(TimeSpan.FromSeconds(11));
        }

        var last = await RedeliverAsync(id);

        Assert.Equal((HttpStatusCode.Conflict, "redelivery_limit"), (last.Status, last["error_code"]));
        Assert.Equal(100, (await pair.GetAsync($"/v2/requests/{id}/deliveries")).Body!["deliveries"]!.AsArray().Count);

        // What the endpoint has missed is sent all the same.
        await Missed.RememberAsync(Endpoint, new MissedEvent(url, instance, WebhookEvent.IdFor(id, WebhookTypes.VideoCompleted), pair.Time.GetUtcNow(), DeliveryEnd.Paused), default);
        Assert.Equal(1, (await ResendAsync(new ResendMissedInput("desk", url))).Next.Sent);
        Assert.Contains(DeliveryIds.Redelivery(instance, DeliveryIds.MostRedeliveries + 1), pair.Engine.Ids);
    }

    [Fact]
    public async Task A_burst_of_calls_begins_one_delivery_though_the_receiver_hears_each_at_once()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        pair.Engine.Tell(instance, Progress(DeliveryState.Delivered, null), isOver: true);
        await RedeliverAsync(id);
        pair.Engine.Tell(instance + "_01", Progress(DeliveryState.Delivered, null), isOver: true);

        var soon = await RedeliverAsync(id);
        pair.Time.Turn(TimeSpan.FromSeconds(11));
        var later = await RedeliverAsync(id);

        Assert.Equal((HttpStatusCode.Accepted, "delivered", "1"), (soon.Status, soon["state"], soon.Body!["redelivery"]!.ToString()));
        Assert.Equal((HttpStatusCode.Accepted, "pending", "2"), (later.Status, later["state"], later.Body!["redelivery"]!.ToString()));
    }

    [Theory]
    [InlineData(WebhookDelivery.MostWoken, null)]
    [InlineData(null, true)]
    public async Task One_that_would_not_heed_it_is_told_nothing_and_says_when_its_next_attempt_comes(int? woken, bool? waitsForRoom)
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        var later = pair.Time.GetUtcNow().AddHours(5);
        pair.Engine.Tell(instance, Progress(DeliveryState.Pending, later, Rejected(1)) with { Woken = woken, WaitsForRoom = waitsForRoom }, isOver: false);
        pair.Time.Turn(TimeSpan.FromSeconds(11));

        var answer = await RedeliverAsync(id);

        Assert.Equal((HttpStatusCode.Accepted, later), (answer.Status, (DateTimeOffset)answer.Body!["next_attempt_at"]!));
        Assert.Empty(pair.Engine.Raised);
    }

    [Fact]
    public async Task A_note_of_what_was_missed_that_comes_after_its_redelivery_was_heard_leaves_nothing()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null) with { Ended = DeliveryEnd.Exhausted }, isOver: false);
        await RedeliverAsync(id);
        pair.Engine.Tell(instance + "_01", Progress(DeliveryState.Delivered, null), isOver: true);

        await MissAsync(instance);

        Assert.Null(Find(await pair.GetAsync("/v2/webhooks/endpoints?limit=100")));
    }

    [Fact]
    public async Task A_batch_has_deliveries_of_its_own()
    {
        var item = new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a" };
        var batch = (await pair.PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray(item) }))["batch_id"]!;
        Assert.Empty((await pair.GetAsync($"/v2/batches/{batch}/deliveries")).Body!["deliveries"]!.AsArray());
        var (_, instance) = await BeginAsync(WebhookTypes.BatchCompleted, batch);
        pair.Engine.Tell(instance, Progress(DeliveryState.Delivered, null, Rejected(1)), isOver: true);

        var again = await pair.PostAsync($"/v2/batches/{batch}/deliveries/redeliver");

        Assert.Equal((HttpStatusCode.Accepted, "batch.completed"), (again.Status, again["type"]));
        Assert.Equal(2, (await pair.GetAsync($"/v2/batches/{batch}/deliveries")).Body!["deliveries"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.NotFound, (await pair.GetAsync($"/v2/batches/{batch}/deliveries", ApiPair.Shop)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await pair.PostAsync($"/v2/batches/{batch}/deliveries/redeliver", caller: ApiPair.Shop)).Status);
    }

    [Fact]
    public async Task A_paused_endpoint_is_shown_as_such_and_after_it_is_resumed_what_it_missed_is_sent_oldest_first()
    {
        List<string> instances = [];
        for (var i = 0; i < 25; i++)
        {
            var (_, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
            pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null) with { Ended = DeliveryEnd.Paused }, isOver: true);
            await MissAsync(instance);
            instances.Add(instance);
            pair.Time.Turn(TimeSpan.FromSeconds(1));
        }

        var gone = await BeginAsync(WebhookTypes.VideoCompleted);
        await MissAsync(gone.Instance);
        pair.Engine.Forget(gone.Instance);
        await pair.Records.CreateAsync(
            EndpointRecords.NameOf(Endpoint), new EndpointHealth(url, At, At.AddDays(5), 200, null, "no answer within 15 s", At.AddDays(5)));

        var paused = Find(await pair.GetAsync("/v2/webhooks/endpoints?limit=100"))!;
        Assert.Equal(("paused", 26, "no answer within 15 s"), ((string)paused["state"]!, (int)paused["missed"]!, (string)paused["last_error"]!));
        Assert.Null(Find(await pair.GetAsync("/v2/webhooks/endpoints", ApiPair.Shop)));
        var first = DeliveryIds.Parse(instances[0])!.SubjectId;
        Assert.Equal("endpoint_paused", (await RedeliverAsync(first))["error_code"]);
        Assert.True((bool)(await pair.GetAsync($"/v2/requests/{first}/deliveries")).Body!["deliveries"]![0]!["paused"]!);

        var body = new JsonObject { ["url"] = url + "?order=7", ["redeliver"] = true };
        Assert.Equal(HttpStatusCode.NotFound, (await pair.PostAsync("/v2/webhooks/endpoints/resume", body, caller: ApiPair.Shop)).Status);
        var resumed = await pair.PostAsync("/v2/webhooks/endpoints/resume", body);
        await pair.PostAsync("/v2/webhooks/endpoints/resume", body);

        Assert.Equal((HttpStatusCode.Accepted, "healthy", true), (resumed.Status, resumed["state"], (bool)resumed.Body!["resending"]!));
        var resending = Assert.Single(pair.Engine.Ids, one => one.StartsWith(DeliveryIds.PrefixOfResend(Endpoint), StringComparison.Ordinal));
        var input = OrchestrationJson.Read<ResendMissedInput>((await pair.Engine.GetAsync(resending))!.Input)!;

        var step = await ResendAsync(input);
        Assert.Equal((false, 20), (step.IsOver, step.Next.Sent));
        var end = await ResendAsync(step.Next);
        Assert.Equal((true, 25), (end.IsOver, end.Next.Sent));
        Assert.Equal(instances.Select(one => one + "_01"), pair.Engine.Started.Where(one => one.EndsWith("_01", StringComparison.Ordinal)));

        // What is under way is not begun again; what is heard is off the list, as is what there is no more.
        Assert.Equal(0, (await ResendAsync(input)).Next.Sent);
        foreach (var instance in instances) await SettleAsync(instance, DeliveryEnd.Heard);
        Assert.Null(Find(await pair.GetAsync("/v2/webhooks/endpoints?limit=100")));
    }

    [Fact]
    public async Task Nothing_more_is_sent_to_an_endpoint_that_fails_again()
    {
        var (_, instance) = await BeginAsync(WebhookTypes.VideoCompleted);
        pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null), isOver: true);
        await MissAsync(instance);
        await pair.Records.CreateAsync(EndpointRecords.NameOf(Endpoint), new EndpointHealth(url, At, At, 1));

        var step = await ResendAsync(new ResendMissedInput("desk", url));

        Assert.Equal((false, 0, 1), (step.IsOver, step.Next.Sent, step.Next.Setbacks));
        Assert.DoesNotContain(instance + "_01", pair.Engine.Ids);
    }

    [Fact]
    public async Task Endpoints_come_by_page()
    {
        var caller = ApiPair.Shop;
        for (var i = 0; i < 5; i++)
        {
            var endpoint = WebhookEndpoint.Of("shop", $"{url}/{i}");
            if (i % 2 == 0) await pair.Records.CreateAsync(EndpointRecords.NameOf(endpoint), new EndpointHealth(endpoint.Url, At, At, 1, 500));
            else await Missed.RememberAsync(endpoint, new MissedEvent(endpoint.Url, "_shop_1_video.failed", "evt_1", At, DeliveryEnd.Gone), default);
        }

        List<(string Url, string State)> seen = [];
        string? cursor = null;
        do
        {
            var page = await pair.GetAsync($"/v2/webhooks/endpoints?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", caller);
            seen.AddRange(page.Body!["endpoints"]!.AsArray().Select(one => ((string)one!["url"]!, (string)one["state"]!)));
            cursor = page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => ($"{url}/{i}", i % 2 == 0 ? "failing" : "healthy")),
            seen.Where(one => one.Url.StartsWith(url, StringComparison.Ordinal)).Order());
        Assert.Equal(HttpStatusCode.BadRequest, (await pair.GetAsync("/v2/webhooks/endpoints?cursor=x", caller)).Status);
    }

    [Fact]
    public async Task Deleting_a_request_takes_its_redeliveries_and_what_was_missed_of_it_along()
    {
        var (id, instance) = await BeginAsync(WebhookTypes.VideoFailed);
        pair.Engine.Fail($"desk_{id}", ErrorCodes.Canceled, Charged.No);
        pair.Engine.Tell(instance, Progress(DeliveryState.Failed, null) with { Ended = DeliveryEnd.Exhausted }, isOver: true);
        await MissAsync(instance);
        await RedeliverAsync(id);
        Assert.NotNull(Find(await pair.GetAsync("/v2/webhooks/endpoints?limit=100")));

        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        Assert.DoesNotContain(pair.Engine.Ids, one => one.Contains(id, StringComparison.Ordinal));
        Assert.Null(Find(await pair.GetAsync("/v2/webhooks/endpoints?limit=100")));
    }

    [Fact]
    public async Task Deleting_a_request_takes_along_a_delivery_whose_start_was_on_its_way()
    {
        var id = await pair.SubmitAsync("a lighthouse");
        pair.Engine.Fail($"desk_{id}", ErrorCodes.Canceled, Charged.No);
        pair.Engine.BeforePurge = purged => purged == $"desk_{id}" ? BeginAsync(WebhookTypes.VideoFailed, id) : Task.CompletedTask;

        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        Assert.DoesNotContain(pair.Engine.Ids, one => one.Contains(id, StringComparison.Ordinal));
    }

    private static DateTimeOffset At { get; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private WebhookEndpoint Endpoint => WebhookEndpoint.Of("desk", url);

    private static DeliveryAttempt Rejected(int number) => new(number, At, AttemptVerdict.Rejected, 503, 12, "down", null);

    private static DeliveryProgress Progress(DeliveryState state, DateTimeOffset? next, params DeliveryAttempt[] attempts) =>
        new("evt", "type", state, attempts.Length, next, null, attempts);

    /// <summary>A request, unless there is one, and the delivery of an event of it.</summary>
    private async Task<(string Id, string Instance)> BeginAsync(string type, string? id = null)
    {
        id ??= await pair.SubmitAsync("a lighthouse");
        var instance = InstanceIds.OfDelivery("desk", id, type);
        await pair.Engine.StartAsync(
            WebhookDelivery.Name,
            instance,
            new WebhookEvent(WebhookEvent.IdFor(id, type), type, pair.Time.GetUtcNow(), url + "?order=1", "{}", [TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1)]));
        return (id, instance);
    }

    private Task MissAsync(string instance) => SettleAsync(instance, DeliveryEnd.Exhausted);

    private async Task SettleAsync(string instance, DeliveryEnd end)
    {
        var webhook = OrchestrationJson.Read<WebhookEvent>((await pair.Engine.GetAsync(instance))!.Input)!;
        await using var scope = pair.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SettleDeliveryActivity>().RunAsync(new SettleDeliveryInput(instance, webhook.Id, webhook.Timestamp, webhook.Url, end), default);
    }

    private async Task<ResendStep> ResendAsync(ResendMissedInput input)
    {
        await using var scope = pair.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ResendMissedActivity>().RunAsync(input, default);
    }

    private Task<Answer> RedeliverAsync(string id, JsonObject? body = null) => pair.PostAsync($"/v2/requests/{id}/deliveries/redeliver", body);

    private JsonNode? Find(Answer list) => list.Body!["endpoints"]!.AsArray().SingleOrDefault(one => (string?)one!["url"] == url);
}

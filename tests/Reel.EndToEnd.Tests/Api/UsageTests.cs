using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /v2/usage and POST /v2/{model}?dry_run=true.</summary>
public sealed class UsageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const string Image = "kling-1.6-image2video";

    private static readonly GenerationState Completed = new(GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes);
    private static readonly GenerationState Failed = new(
        GenerationStatus.Failed, Stage.Done, Error: "because", ErrorCode: ErrorCodes.ProviderFailed, Charged: Charged.No, Metrics: new RenderMetrics(Cost: 9m));
    private static readonly GenerationState Canceled = new(
        GenerationStatus.Failed, Stage.Done, Error: "because", ErrorCode: ErrorCodes.Canceled, Charged: Charged.Unknown);

    private ApiPair pair = null!;

    public async Task InitializeAsync()
    {
        pair = await ApiPair.StartAsync(azurite);
        pair.TurnToADayOfItsOwn();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Costs_and_counts_are_told_by_day_and_model()
    {
        await PutAsync("kling-2.6", 1, Completed with { Metrics = new RenderMetrics(0.4380m) });
        await PutAsync("kling-2.6", 1, Completed with { Metrics = new RenderMetrics(1.75m) });
        await PutAsync("kling-2.6", 1, Failed);
        await PutAsync(Image, 1, Canceled);
        await PutAsync("kling-2.6", 0, null);
        await PutAsync("kling-2.6", 0, Completed); // of no reported cost
        await PutAsync("kling-2.6", 40, Completed with { Metrics = new RenderMetrics(100m) }); // too long ago
        await PutAsync("kling-2.6", 0, Completed with { Metrics = new RenderMetrics(100m) }, "shop");

        var usage = (await UsageAsync("")).Body!;

        var today = pair.Time.GetUtcNow();
        AssertFigures("""{"requests":6,"completed":3,"failed":1,"canceled":1,"open":1,"cost_usd":2.188,"charge_unknown":2}""", usage["total"]!);
        Assert.Equal([Day(today), Day(today.AddDays(-1))], usage["days"]!.AsArray().Select(day => (string?)day!["day"]));
        AssertFigures(
            """{"model":"kling-2.6","requests":2,"completed":1,"failed":0,"canceled":0,"open":1,"cost_usd":0,"charge_unknown":1}""",
            Assert.Single(usage["days"]![0]!["models"]!.AsArray())!);
        var yesterday = usage["days"]![1]!["models"]!.AsArray();
        AssertFigures("""{"model":"kling-1.6-image2video","requests":1,"completed":0,"failed":0,"canceled":1,"open":0,"cost_usd":0,"charge_unknown":1}""", yesterday[0]!);
        AssertFigures("""{"model":"kling-2.6","requests":3,"completed":2,"failed":1,"canceled":0,"open":0,"cost_usd":2.188,"charge_unknown":0}""", yesterday[1]!);
    }

    [Fact]
    public async Task Its_ends_are_times_of_acceptance()
    {
        var at = (await PutAsync("kling-2.6", 3, Completed with { Metrics = new RenderMetrics(1m) })).Request.AcceptedAt;

        Assert.Equal(1, await CountAsync(at, at.AddTicks(1)));
        Assert.Equal(0, await CountAsync(at.AddTicks(1), at.AddHours(1)));
        Assert.Equal(0, await CountAsync(at.AddHours(-1), at));
        Assert.Equal(0, await CountAsync(at.AddYears(2), at.AddYears(3)));

        async Task<int> CountAsync(DateTimeOffset since, DateTimeOffset until) =>
            (int)(await UsageAsync($"?since={Uri.EscapeDataString(since.ToString("O"))}&until={Uri.EscapeDataString(until.ToString("O"))}")).Body!["total"]!["requests"]!;
    }

    [Fact]
    public async Task What_was_deleted_stays_in_it_and_is_counted_once()
    {
        var records = new UsageRecords(pair.Records);
        var gone = await PutAsync("kling-2.6", 5, Completed with { Metrics = new RenderMetrics(0.4380m) });
        var going = await PutAsync("kling-2.6", 5, Completed with { Metrics = new RenderMetrics(1m) });
        var open = await PutAsync(Image, 33, null);
        foreach (var generation in (Generation[])[gone, going, going, open]) await records.RememberAsync(generation);
        pair.Engine.Forget(InstanceIds.Of("desk", gone.Request.RequestId));
        pair.Engine.Forget(InstanceIds.Of("desk", open.Request.RequestId));

        var since = pair.Time.GetUtcNow().AddDays(-60).ToString("O");
        var usage = (await UsageAsync($"?since={Uri.EscapeDataString(since)}")).Body!;
        var strangers = (await pair.GetAsync($"/v2/usage?since={Uri.EscapeDataString(since)}", ApiPair.Shop)).Body!;

        AssertFigures("""{"requests":3,"completed":2,"failed":0,"canceled":1,"open":0,"cost_usd":1.438,"charge_unknown":1}""", usage["total"]!);
        Assert.Equal(0, (int)strangers["total"]!["requests"]!);
    }

    [Fact]
    public async Task Days_that_are_over_are_added_up_once_and_stay_right_whatever_is_deleted()
    {
        var gone = await PutAsync("kling-2.6", 5, Completed with { Metrics = new RenderMetrics(1m) });
        var open = await PutAsync("kling-2.6", 3, null);
        await PutAsync(Image, 2, Completed with { Metrics = new RenderMetrics(2m) });
        await PutAsync("kling-2.6", 0, Completed with { Metrics = new RenderMetrics(4m) });
        JsonNode[] before = [(await UsageAsync("")).Body!, (await UsageAsync("")).Body!]; // One answer of each process.
        var asked = pair.Engine.Listed.Count;

        await new UsageRecords(pair.Records).RememberAsync(gone);
        pair.Engine.Forget(InstanceIds.Of("desk", gone.Request.RequestId));
        pair.Engine.Advance(InstanceIds.Of("desk", open.Request.RequestId), Completed with { Metrics = new RenderMetrics(8m) });
        await PutAsync("kling-2.6", 0, Completed with { Metrics = new RenderMetrics(16m) });
        JsonNode[] after = [(await UsageAsync("")).Body!, (await UsageAsync("")).Body!];

        Assert.All(before, usage => AssertFigures("""{"requests":4,"completed":3,"failed":0,"canceled":0,"open":1,"cost_usd":7,"charge_unknown":0}""", usage["total"]!));
        Assert.All(after, usage => AssertFigures("""{"requests":5,"completed":5,"failed":0,"canceled":0,"open":0,"cost_usd":31,"charge_unknown":0}""", usage["total"]!));

        // The day that had an open one, and today.
        Assert.All(pair.Engine.Listed.Skip(asked), query => Assert.True(query.CreatedTo - query.CreatedFrom < TimeSpan.FromHours(25), $"{query}"));
        Assert.Equal(4, pair.Engine.Listed.Count - asked);
    }

    [Fact]
    public async Task A_part_of_a_day_is_not_taken_for_the_whole_and_the_other_way_round()
    {
        var at = (await PutAsync("kling-2.6", 3, Completed)).Request.AcceptedAt;
        var midnight = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);

        Assert.Equal(0, await CountAsync(midnight, at));
        Assert.Equal(1, await CountAsync(midnight, midnight.AddDays(1)));
        Assert.Equal(0, await CountAsync(midnight, at));
        Assert.Equal(1, await CountAsync(midnight.AddDays(-1), midnight.AddDays(2)));
        Assert.Equal(0, await CountAsync(at.AddTicks(1), midnight.AddDays(2)));

        async Task<int> CountAsync(DateTimeOffset since, DateTimeOffset until) =>
            (int)(await UsageAsync($"?since={Uri.EscapeDataString(since.ToString("O"))}&until={Uri.EscapeDataString(until.ToString("O"))}")).Body!["total"]!["requests"]!;
    }

    [Theory]
    [InlineData("?since=yesterday", "since")]
    [InlineData("?until=2026-13-01", "until")]
    [InlineData("?since=2026-02-01&until=2026-01-01", "until")]
    [InlineData("?since=2026-01-01&until=2026-04-04", "since")]
    [InlineData("?since=2026-01-01", "since")]
    public async Task A_range_that_cannot_be_meant_is_named(string query, string name)
    {
        var answer = await UsageAsync(query);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameters"), (answer.Status, answer["error_code"]));
        Assert.NotNull(answer.Body!["errors"]![name]);
    }

    [Theory]
    [InlineData("?since=0001-01-01&until=0001-01-02")]
    [InlineData("?since=9999-12-31&until=9999-12-31T23:59:59")]
    [InlineData("?until=0001-01-01")]
    public async Task At_the_ends_of_all_times_there_is_nothing(string query)
    {
        await PutAsync("kling-2.6", 0, Completed);

        var answer = await UsageAsync(query);

        Assert.Equal((HttpStatusCode.OK, 0), (answer.Status, (int)answer.Body!["total"]!["requests"]!));
    }

    [Fact]
    public async Task A_dry_run_answers_price_and_time_and_starts_and_reserves_nothing()
    {
        var key = $"key {Guid.NewGuid()}";
        var body = new JsonObject { ["prompt"] = "a lighthouse", ["duration"] = "5", ["generate_audio"] = false };

        var dry = await pair.PostAsync("/v2/kling-2.6?dry_run=true", body, key);

        Assert.Equal((HttpStatusCode.OK, "true", "kling-2.6"), (dry.Status, dry["dry_run"], dry["model"]));
        Assert.Equal((0.438m, 0.438m), ((decimal)dry.Body!["price_usd"]!["low"]!, (decimal)dry.Body["price_usd"]!["high"]!));
        Assert.Equal(123.28, (double)dry.Body["typical_seconds"]!);
        Assert.Equal((5, "16:9"), ((int)dry.Body["parameters"]!["duration"]!, (string?)dry.Body["parameters"]!["aspect_ratio"]));
        Assert.Empty(pair.Engine.Started);

        // The key is free for anything.
        body["prompt"] = "a tower";
        var submitted = await pair.PostAsync("/v2/kling-2.6?dry_run=false", body, key);
        Assert.Equal((HttpStatusCode.OK, false), (submitted.Status, submitted.Headers.Contains("Idempotent-Replayed")));
        Assert.Single(pair.Engine.Started);
    }

    [Fact]
    public async Task A_dry_run_refuses_what_a_submit_would()
    {
        var wrong = new JsonObject { ["duration"] = 7 };

        var dry = await pair.PostAsync("/v2/kling-2.6?dry_run=true", wrong);
        var submit = await pair.PostAsync("/v2/kling-2.6", wrong);
        var unsure = await pair.PostAsync("/v2/kling-2.6?dry_run=perhaps", new JsonObject { ["prompt"] = "a lighthouse" });
        var unpriced = await pair.PostAsync($"/v2/{Image}?dry_run=true", new JsonObject { ["image"] = "https://example.com/a.png" });

        Assert.Equal((submit.Status, submit.Body!.ToJsonString()), (dry.Status, dry.Body!.ToJsonString()));
        Assert.Equal(HttpStatusCode.BadRequest, unsure.Status);
        Assert.NotNull(unsure.Body!["errors"]!["dry_run"]);
        Assert.True(unpriced.Body!.AsObject().TryGetPropertyValue("price_usd", out var price) && price is null);
        Assert.Empty(pair.Engine.Started);
    }

    private Task<Answer> UsageAsync(string query) => pair.GetAsync($"/v2/usage{query}");

    private async Task<Generation> PutAsync(string model, int daysAgo, GenerationState? state, string caller = "desk")
    {
        var at = pair.Time.GetUtcNow().AddDays(-daysAgo);
        var request = new GenerationRequest(RequestId.New(at), caller, model, "{}", at, at.AddHours(1), new PollSchedule(120, 4, 60), "http://reel.test");
        pair.Time.Turn(TimeSpan.FromDays(-daysAgo));
        await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of(caller, request.RequestId), request);
        pair.Time.Turn(TimeSpan.FromDays(daysAgo));
        if (state is not null) pair.Engine.Advance(InstanceIds.Of(caller, request.RequestId), state);
        return new Generation(request, state ?? GenerationState.Accepted);
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void AssertFigures(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), Plain(actual)), actual.ToJsonString());

    // 0.4380 and 0.438 are the same amount.
    private static JsonObject Plain(JsonNode figures)
    {
        var plain = (JsonObject)figures.DeepClone();
        plain["cost_usd"] = JsonNode.Parse(((decimal)plain["cost_usd"]!).ToString("0.###", CultureInfo.InvariantCulture));
        return plain;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Limits of a key, on two processes that share the storage and the engine. Time is the tests'; each key is a caller of its own.</summary>
public sealed class LimitTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Submit = "/v2/kling-2.6";

    [Fact]
    public async Task Too_many_in_a_minute_are_answered_429_until_the_minute_is_over()
    {
        await using var pair = await StartAsync(("RequestsPerMinute", "4"));
        for (var i = 0; i < 4; i++) await AcceptAsync(pair);
        pair.Time.Turn(TimeSpan.FromSeconds(2)); // each process has seen what the other let in

        var refused = await PostAsync(pair);

        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit"), (refused.Status, refused["error_code"]));
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single()), 1, 60);
        var limit = refused.Body!["limit"]!;
        Assert.Equal(("requests_per_minute", 4, 4, 1), ((string?)limit["name"], (int)limit["value"]!, (int)limit["used"]!, (int)limit["asked"]!));
        Assert.Contains("4 requests per minute", refused["error"], StringComparison.Ordinal);
        Assert.Equal(4, pair.Engine.Started.Count);

        Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync(Submit, Body(), caller: ApiPair.Shop)).Status);
        pair.Time.Turn(TimeSpan.FromSeconds(61));
        await AcceptAsync(pair);
    }

    [Fact]
    public async Task In_one_process_no_more_are_in_flight_than_may_be_however_many_come_at_once()
    {
        await using var pair = await StartAsync(("InFlight", "5"));

        // Each of the two lets in five at most, and by then neither has seen the other's.
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => PostAsync(pair)));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 5, 10);
        Assert.All(answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.TooManyRequests]));
        Assert.Equal(answers.Count(answer => answer.Status == HttpStatusCode.OK), pair.Engine.Started.Count);

        pair.Time.Turn(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 4; i++)
        {
            var refused = await PostAsync(pair);
            Assert.Equal("in_flight_limit", refused["error_code"]);
            Assert.True(refused.Headers.Contains("Retry-After"));
        }
    }

    [Fact]
    public async Task What_has_ended_makes_room_at_once()
    {
        await using var pair = await StartAsync(("InFlight", "1"));
        for (var i = 0; i < 5; i++)
        {
            pair.Engine.Fail($"desk_{await AcceptAsync(pair)}", ErrorCodes.ProviderFailed, Charged.No);
            pair.Time.Turn(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(5, pair.Engine.Started.Count);
    }

    [Fact]
    public async Task Money_is_reserved_then_counted_and_the_limit_answers_406()
    {
        await using var pair = await StartAsync(("UsdPerDay", "4"));
        var ids = new[] { await AcceptAsync(pair), await AcceptAsync(pair) };
        pair.Time.Turn(TimeSpan.FromSeconds(2));

        var refused = await PostAsync(pair);
        Assert.Equal((HttpStatusCode.NotAcceptable, "spend_limit"), (refused.Status, refused["error_code"]));
        var limit = refused.Body!["limit"]!;
        Assert.Equal(("usd_per_day", 4m, 3.5m, 1.75m), ((string?)limit["name"], (decimal)limit["value"]!, (decimal)limit["used"]!, (decimal)limit["asked"]!));

        Complete(pair, ids[0], 0.438m);
        await AcceptAsync(pair);
        pair.Time.Turn(TimeSpan.FromSeconds(2));
        Assert.Equal(3.938m, (decimal)(await PostAsync(pair)).Body!["limit"]!["used"]!);
    }

    [Fact]
    public async Task What_is_deleted_has_still_been_spent()
    {
        await using var pair = await StartAsync(("UsdPerDay", "2"));
        var id = await AcceptAsync(pair);
        Complete(pair, id, 1.5m);
        await new UsageRecords(pair.Records).RememberAsync(Generation(pair, id));
        pair.Engine.Forget($"desk_{id}");

        pair.Time.Turn(TimeSpan.FromSeconds(2));

        // To the process that let it in, and to the one that has never seen it.
        for (var i = 0; i < 4; i++) Assert.Equal(1.5m, (decimal)(await PostAsync(pair)).Body!["limit"]!["used"]!);
    }

    [Fact]
    public async Task A_start_again_finds_what_is_in_flight_and_what_was_spent()
    {
        await using var pair = await StartAsync(("InFlight", "2"), ("UsdPerDay", "100"));
        for (var i = 0; i < 2; i++)
        {
            var now = pair.Time.GetUtcNow().AddHours(-11);
            var request = new GenerationRequest(
                RequestId.New(now), "desk", "kling-2.6", "{}", now, now.AddHours(20), new PollSchedule(120, 4, 60), "http://reel.test");
            await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of("desk", request.RequestId), request);
        }

        Assert.Equal("in_flight_limit", (await PostAsync(pair))["error_code"]);
        Assert.Equal("in_flight_limit", (await PostAsync(pair))["error_code"]);
    }

    [Fact]
    public async Task A_replay_does_not_count_and_is_answered_at_the_limit_too()
    {
        await using var pair = await StartAsync(("InFlight", "1"));
        var key = $"key {Guid.NewGuid()}";
        var id = (await pair.PostAsync(Submit, Body(), key))["request_id"];
        pair.Time.Turn(TimeSpan.FromSeconds(2));

        for (var i = 0; i < 4; i++)
        {
            var replay = await pair.PostAsync(Submit, Body(), key);
            Assert.Equal((HttpStatusCode.OK, id), (replay.Status, replay["request_id"]));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await PostAsync(pair)).Status);
    }

    [Fact]
    public async Task A_refused_key_is_let_in_later_as_one_request()
    {
        await using var pair = await StartAsync(("InFlight", "1"));
        var key = $"key {Guid.NewGuid()}";
        var first = await AcceptAsync(pair);
        pair.Time.Turn(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await pair.PostAsync(Submit, Body(), key)).Status);

        pair.Engine.Fail($"desk_{first}", ErrorCodes.ProviderFailed, Charged.No);
        var ids = new[] { (await pair.PostAsync(Submit, Body(), key))["request_id"], (await pair.PostAsync(Submit, Body(), key))["request_id"] };

        Assert.Equal([$"desk_{first}", $"desk_{Assert.Single(ids.Distinct())}"], pair.Engine.Started);
    }

    [Fact]
    public async Task A_resubmit_counts_and_its_repetition_does_not()
    {
        await using var pair = await StartAsync(("RequestsPerMinute", "2"));
        var id = await AcceptAsync(pair);
        pair.Engine.Fail($"desk_{id}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        pair.Time.Turn(TimeSpan.FromSeconds(2));
        var again = await pair.PostAsync($"/v2/requests/{id}/resubmit");
        pair.Time.Turn(TimeSpan.FromSeconds(2));

        var repeated = await pair.PostAsync($"/v2/requests/{id}/resubmit");
        var other = await PostAsync(pair);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (again.Status, repeated.Status));
        Assert.Equal(again["request_id"], repeated["request_id"]);
        Assert.Equal("rate_limit", other["error_code"]);
    }

    [Fact]
    public async Task A_batch_counts_each_of_its_requests_before_they_are_begun()
    {
        await using var pair = await StartAsync(("InFlight", "3"));
        var key = $"key {Guid.NewGuid()}";

        var first = await pair.PostAsync("/v2/batches", Batch(2), key);
        var tooMany = await pair.PostAsync("/v2/batches", Batch(4));

        // In turns: this is the process that let the first one in, long after which none of its requests has been begun.
        pair.Time.Turn(TimeSpan.FromMinutes(10));
        var second = await pair.PostAsync("/v2/batches", Batch(2));
        var replay = await pair.PostAsync("/v2/batches", Batch(2), key);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.Status, tooMany.Status));
        Assert.False(tooMany.Headers.Contains("Retry-After"));
        Assert.Equal((HttpStatusCode.TooManyRequests, 2), (second.Status, (int)second.Body!["limit"]!["used"]!));
        Assert.Equal((HttpStatusCode.OK, first["batch_id"]), (replay.Status, replay["batch_id"]));
        Assert.Single(pair.Engine.Started);

        static JsonObject Batch(int count) => new()
        {
            ["requests"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a lighthouse" })]),
        };
    }

    [Fact]
    public async Task A_dry_run_says_which_limit_would_refuse_and_neither_counts_nor_starts_anything()
    {
        await using var pair = await StartAsync(("RequestsPerMinute", "1"));
        for (var i = 0; i < 4; i++) Assert.Null((await pair.PostAsync($"{Submit}?dry_run=true", Body())).Body!["refused_by"]);
        await AcceptAsync(pair);
        pair.Time.Turn(TimeSpan.FromSeconds(2));

        var dry = await pair.PostAsync($"{Submit}?dry_run=true", Body());

        Assert.Equal(HttpStatusCode.OK, dry.Status);
        Assert.Equal("requests_per_minute", (string?)dry.Body!["refused_by"]!["name"]);
        Assert.Single(pair.Engine.Started);
    }

    private async Task<ApiPair> StartAsync(params (string Name, string Value)[] limits)
    {
        var pair = await ApiPair.StartAsync(azurite, [.. limits.Select(limit => ($"Api:Limits:desk:{limit.Name}", limit.Value))]);
        pair.TurnToADayOfItsOwn();
        return pair;
    }

    private static async Task<string> AcceptAsync(ApiPair pair)
    {
        var answer = await PostAsync(pair);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
        return answer["request_id"]!;
    }

    private static Task<Answer> PostAsync(ApiPair pair) => pair.PostAsync(Submit, Body());

    private static JsonObject Body() => new() { ["prompt"] = "a lighthouse" };

    private static void Complete(ApiPair pair, string id, decimal cost) => pair.Engine.Advance(
        $"desk_{id}",
        new GenerationState(GenerationStatus.Completed, Stage.Done, FinishedAt: pair.Time.GetUtcNow(), Charged: Charged.Yes, Metrics: new RenderMetrics(cost)));

    private static Generation Generation(ApiPair pair, string id) => new(
        pair.Engine.Input($"desk_{id}"),
        new GenerationState(GenerationStatus.Completed, Stage.Done, Charged: Charged.Yes, Metrics: new RenderMetrics(1.5m)));
}

using System.Net;
using System.Text.Json.Nodes;
using Reel.Batches;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>
/// What one process lets in counts for the other, whenever its id was made and whoever begins it. The two are asked in turns; both know their limits
/// before anything happens, unless it says otherwise.
/// </summary>
public sealed class SharedLimitTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Submit = "/v2/kling-2.6";

    private static readonly TimeSpan UntilSeen = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // it has been started since
    public async Task A_batch_counts_in_the_other_process_before_its_requests_are_begun(bool isKnown)
    {
        await using var pair = await StartAsync(isKnown, ("InFlight", "3"), ("UsdPerDay", "100"));
        Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync("/v2/batches", Batch(2))).Status);

        pair.Time.Turn(UntilSeen);
        var other = await pair.PostAsync("/v2/batches", Batch(2));

        Assert.Equal((HttpStatusCode.TooManyRequests, 2), (other.Status, Used(other)));
    }

    [Fact]
    public async Task The_models_of_such_a_batch_say_what_is_reserved_for_it()
    {
        await using var pair = await StartAsync(isKnown: false, ("UsdPerDay", "4"));
        Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync("/v2/batches", Batch(2))).Status);

        var other = await pair.PostAsync(Submit, Body());

        Assert.Equal((HttpStatusCode.NotAcceptable, 3.5m), (other.Status, (decimal)other.Body!["limit"]!["used"]!));
    }

    [Fact]
    public async Task A_batchs_request_counts_once_in_both_when_it_is_begun_at_last()
    {
        await using var pair = await StartAsync(isKnown: true, ("InFlight", "2"));
        var batchId = (await pair.PostAsync("/v2/batches", Batch(2)))["batch_id"]!;
        pair.Time.Turn(UntilSeen);
        Assert.Equal(2, Used(await pair.PostAsync(Submit, Body())));

        pair.Time.Turn(TimeSpan.FromHours(3));
        var id = await BeginAsync(pair, batchId, 0);
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal(2, Used(await pair.PostAsync(Submit, Body())));

        pair.Engine.Fail($"desk_{id}", ErrorCodes.ProviderFailed, Charged.No);
        pair.Engine.Tell(Lane(batchId), new BatchLaneState(1, false, new BatchTally()), isOver: false);
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal("1", $"{Used(await pair.PostAsync("/v2/batches", Batch(2)))}");
    }

    [Fact]
    public async Task A_key_that_was_refused_counts_once_it_is_let_in_however_much_later()
    {
        await using var pair = await StartAsync(isKnown: true, ("InFlight", "1"));
        var key = $"key {Guid.NewGuid()}";
        var first = (await pair.PostAsync(Submit, Body()))["request_id"];
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.TooManyRequests, (await pair.PostAsync(Submit, Body(), key)).Status);
        pair.Engine.Fail($"desk_{first}", ErrorCodes.ProviderFailed, Charged.No);

        pair.Time.Turn(TimeSpan.FromMinutes(3));
        var late = await pair.PostAsync(Submit, Body(), key);
        pair.Time.Turn(UntilSeen);
        var other = await pair.PostAsync(Submit, Body());

        Assert.Equal((HttpStatusCode.OK, false), (late.Status, late.Headers.Contains("Idempotent-Replayed")));
        Assert.Equal((HttpStatusCode.TooManyRequests, 1), (other.Status, Used(other)));
        Assert.True((await pair.PostAsync(Submit, Body(), key)).Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task A_resubmission_that_a_crash_has_left_to_be_started_counts_under_the_id_that_is_started()
    {
        await using var pair = await StartAsync(isKnown: true, ("InFlight", "1"));
        var old = (await pair.PostAsync(Submit, Body()))["request_id"];
        pair.Engine.Fail($"desk_{old}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        pair.Engine.DieBeforeStart();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await pair.PostAsync($"/v2/requests/{old}/resubmit")).Status);

        pair.Time.Turn(TimeSpan.FromMinutes(3));
        var again = await pair.PostAsync($"/v2/requests/{old}/resubmit");
        pair.Time.Turn(UntilSeen);

        Assert.Equal((HttpStatusCode.OK, false), (again.Status, again.Headers.Contains("Idempotent-Replayed")));
        for (var i = 0; i < 2; i++) Assert.Equal(1, Used(await pair.PostAsync(Submit, Body())));
    }

    [Theory]
    [InlineData(BatchStatus.Canceled)]
    [InlineData(BatchStatus.Completed)]
    public async Task A_batch_that_is_over_makes_room_while_its_webhook_is_still_to_be_heard(BatchStatus status)
    {
        await using var pair = await StartAsync(isKnown: true, ("InFlight", "2"));
        var batchId = (await pair.PostAsync("/v2/batches", Batch(2)))["batch_id"]!;
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal(2, Used(await pair.PostAsync(Submit, Body())));

        pair.Engine.Tell(BatchIds.Instance("desk", batchId), new BatchState(status, new BatchTally(), FinishedAt: pair.Time.GetUtcNow()), isOver: false);
        pair.Time.Turn(UntilSeen);

        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync(Submit, Body())).Status);
    }

    [Fact]
    public async Task Requests_that_are_cancelled_before_they_are_begun_make_room_at_once()
    {
        await using var pair = await StartAsync(isKnown: true, ("InFlight", "2"));
        var batchId = (await pair.PostAsync("/v2/batches", Batch(2)))["batch_id"]!;
        var records = new BatchRecords(pair.Records);

        await records.CancelAsync("desk", batchId, 1, pair.Time.GetUtcNow(), CancellationToken.None);
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal(1, Used(await pair.PostAsync("/v2/batches", Batch(2))));

        await records.CancelAsync("desk", batchId, null, pair.Time.GetUtcNow(), CancellationToken.None);
        pair.Time.Turn(UntilSeen);
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync(Submit, Body())).Status);
    }

    private async Task<ApiPair> StartAsync(bool isKnown, params (string Name, string Value)[] limits)
    {
        var pair = await ApiPair.StartAsync(azurite, [.. limits.Select(limit => ($"Api:Limits:desk:{limit.Name}", limit.Value))]);
        pair.TurnToADayOfItsOwn();
        for (var i = 0; i < 2 && isKnown; i++) Assert.Equal(HttpStatusCode.OK, (await pair.PostAsync($"{Submit}?dry_run=true", Body())).Status);
        return pair;
    }

    /// <summary>Does what the batch's one lane would do.</summary>
    private static async Task<string> BeginAsync(ApiPair pair, string batchId, int index)
    {
        var now = pair.Time.GetUtcNow();
        var request = new GenerationRequest(
            BatchIds.Request(batchId, index), "desk", "kling-2.6", "{}", now, now.AddHours(20), new PollSchedule(120, 4, 60), "http://reel.test", BatchId: batchId);
        await pair.Engine.StartAsync(BatchOrchestrations.Lane, Lane(batchId), new BatchLane(batchId, "desk", 2, 1, "http://reel.test", index, new BatchTally()));
        pair.Engine.Tell(Lane(batchId), new BatchLaneState(index, true, new BatchTally()), isOver: false);
        await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of("desk", request.RequestId), request);
        return request.RequestId;
    }

    private static string Lane(string batchId) => BatchIds.Lane("desk", batchId, 0, 0);

    private static int Used(Answer refused) => (int)refused.Body!["limit"]!["used"]!;

    private static JsonObject Body() => new() { ["prompt"] = "a lighthouse" };

    private static JsonObject Batch(int count) => new()
    {
        ["requests"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a lighthouse" })]),
        ["concurrency"] = 1,
    };
}

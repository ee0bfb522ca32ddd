using System.Net;
using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Desk;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Idempotency keys on two processes that share the storage and the engine: which request a key stands for, and until when.</summary>
public sealed class SharedKeyTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string key = $"key {Guid.NewGuid()}";
    private ApiPair pair = null!;

    public async Task InitializeAsync() => pair = await ApiPair.StartAsync(azurite);

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Fifty_at_once_are_one_request()
    {
        var id = await FiftyAsync();

        Assert.Equal([$"desk_{id}"], pair.Engine.Started);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task A_process_that_dies_between_reservation_and_start_loses_nothing(int hours)
    {
        pair.Engine.DieBeforeStart();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync()).Status);
        Assert.Empty(pair.Engine.Started);

        // The whole deadline is ahead of it, however late it comes to be started.
        pair.Time.Turn(TimeSpan.FromHours(hours));
        var again = await PostAsync();

        // Nobody was told of it before, and from now on it is a replay.
        Assert.Equal((HttpStatusCode.OK, false), (again.Status, again.Headers.Contains("Idempotent-Replayed")));
        AssertReplay(await PostAsync(), again["request_id"]);
        var instance = $"desk_{again["request_id"]}";
        Assert.Equal([instance], pair.Engine.Started);
        Assert.True(pair.Engine.Input(instance).Deadline > pair.Time.GetUtcNow());
        Assert.True(RequestId.AcceptedAt(again["request_id"]!) <= pair.Time.GetUtcNow() - TimeSpan.FromHours(hours));
    }

    [Fact]
    public async Task Fifty_at_once_after_such_a_death_are_one_request()
    {
        pair.Engine.DieBeforeStart();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync()).Status);

        var id = await FiftyAsync();

        AssertReplay(await PostAsync(), id);
        Assert.Equal([$"desk_{id}"], pair.Engine.Started);
    }

    [Fact]
    public async Task What_could_not_be_paid_for_is_a_new_request_once_for_fifty_at_once()
    {
        var poor = await FiftyAsync();
        pair.Engine.Fail($"desk_{poor}", ErrorCodes.InsufficientCredits, Charged.No);

        var paid = await FiftyAsync();

        Assert.NotEqual(poor, paid);
        Assert.Equal([$"desk_{poor}", $"desk_{paid}"], pair.Engine.Started);

        // And again, until there is money.
        pair.Engine.Fail($"desk_{paid}", ErrorCodes.InsufficientCredits, Charged.No);
        Assert.Equal([$"desk_{poor}", $"desk_{paid}", $"desk_{await FiftyAsync()}"], pair.Engine.Started);
    }

    [Fact]
    public async Task What_ends_for_want_of_credits_while_a_call_is_under_way_is_that_calls_answer()
    {
        var poor = await pair.SubmitAsync("a lighthouse", key);

        // Its end is later than the call's beginning, as for one of fifty that comes last.
        pair.Time.Turn(TimeSpan.FromSeconds(10));
        pair.Engine.Fail($"desk_{poor}", ErrorCodes.InsufficientCredits, Charged.No);
        pair.Time.Turn(TimeSpan.FromSeconds(-10));

        AssertReplay(await PostAsync(), poor);
    }

    [Fact]
    public async Task Without_money_other_parameters_are_refused_as_ever()
    {
        var poor = await pair.SubmitAsync("a lighthouse", key);
        pair.Engine.Fail($"desk_{poor}", ErrorCodes.InsufficientCredits, Charged.No);

        AssertConflict(await PostAsync("a tower"));
    }

    [Theory]
    [InlineData(ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown)]
    [InlineData(ErrorCodes.SubmitRefused, Charged.No)]
    [InlineData(ErrorCodes.ProviderFailed, Charged.No)]
    [InlineData(ErrorCodes.TimedOut, Charged.No)]
    [InlineData(ErrorCodes.TimedOut, Charged.Unknown)]
    [InlineData(ErrorCodes.Canceled, Charged.No)]
    [InlineData(ErrorCodes.SaveFailed, Charged.Yes)]
    [InlineData(ErrorCodes.Internal, Charged.Unknown)]
    [InlineData(ErrorCodes.InsufficientCredits, Charged.Unknown)]
    public async Task Any_other_failure_stays_the_answer(string errorCode, Charged charged)
    {
        var id = await pair.SubmitAsync("a lighthouse", key);
        pair.Engine.Fail($"desk_{id}", errorCode, charged);

        AssertReplay(await PostAsync(), id);
        Assert.Single(pair.Engine.Started);
    }

    [Theory]
    [InlineData("a lighthouse")]
    [InlineData("a tower")]
    public async Task Past_its_lifetime_a_key_is_a_new_request_once_for_fifty_at_once(string prompt)
    {
        var old = await FiftyAsync();
        pair.Engine.Advance($"desk_{old}", new GenerationState(GenerationStatus.Completed, Stage.Done, FinishedAt: pair.Time.GetUtcNow(), Charged: Charged.Yes));

        pair.Time.Turn(TimeSpan.FromHours(23.9));
        AssertReplay(await PostAsync(), old);
        AssertConflict(await PostAsync("a tower"));
        pair.Time.Turn(TimeSpan.FromHours(0.2));

        Assert.Equal([$"desk_{old}", $"desk_{await FiftyAsync(prompt)}"], pair.Engine.Started);
    }

    [Fact]
    public async Task The_lifetime_is_a_setting()
    {
        await using var longer = await ApiPair.StartAsync(azurite, ("Requests:IdempotencyLifetime", "3.00:00:00"));
        var id = await longer.SubmitAsync("a lighthouse", key);
        longer.Engine.Fail($"desk_{id}", ErrorCodes.ProviderFailed, Charged.No);

        longer.Time.Turn(TimeSpan.FromHours(71));
        Assert.Equal(id, await longer.SubmitAsync("a lighthouse", key));
        longer.Time.Turn(TimeSpan.FromHours(2));
        Assert.NotEqual(id, await longer.SubmitAsync("a lighthouse", key));
    }

    [Fact]
    public async Task A_key_whose_request_is_under_way_stands_for_it_past_its_lifetime()
    {
        var id = await pair.SubmitAsync("a lighthouse", key);
        pair.Engine.Advance($"desk_{id}", new GenerationState(GenerationStatus.Queued, Stage.WaitingForCapacity));
        pair.Time.Turn(TimeSpan.FromDays(5));

        AssertReplay(await PostAsync(), id);
        AssertConflict(await PostAsync("a tower"));
        Assert.Single(pair.Engine.Started);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(40)]
    public async Task A_request_that_was_forgotten_does_not_come_back_under_its_old_id(int hours)
    {
        var forgotten = await FiftyAsync();
        pair.Engine.Forget($"desk_{forgotten}");
        pair.Time.Turn(TimeSpan.FromHours(hours));

        Assert.Equal([$"desk_{forgotten}", $"desk_{await FiftyAsync()}"], pair.Engine.Started);
    }

    [Fact]
    public async Task Another_callers_key_of_the_same_name_is_another_key()
    {
        var mine = await PostAsync();
        var theirs = await pair.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = "a tower" }, key, ApiPair.Shop);

        Assert.Equal((HttpStatusCode.OK, false), (theirs.Status, theirs.Headers.Contains("Idempotent-Replayed")));
        Assert.Equal([$"desk_{mine["request_id"]}", $"shop_{theirs["request_id"]}"], pair.Engine.Started);
    }

    private Task<Answer> PostAsync(string prompt = "a lighthouse") => pair.PostAsync("/v2/kling-2.6", new JsonObject { ["prompt"] = prompt }, key);

    /// <summary>Fifty calls at once, which are one request.</summary>
    private async Task<string> FiftyAsync(string prompt = "a lighthouse")
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(prompt)));
        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}"));
        var id = Assert.Single(answers.Select(answer => answer["request_id"]).Distinct());
        Assert.Contains(answers, answer => !answer.Headers.Contains("Idempotent-Replayed"));
        return id!;
    }

    private static void AssertReplay(Answer answer, string? id)
    {
        Assert.Equal((HttpStatusCode.OK, id), (answer.Status, answer["request_id"]));
        Assert.Equal(["true"], answer.Headers.GetValues("Idempotent-Replayed"));
    }

    private static void AssertConflict(Answer answer) =>
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (answer.Status, answer["error_code"]));
}

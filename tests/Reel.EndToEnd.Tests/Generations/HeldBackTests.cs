using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>A submit that the gate does not let in: nothing is posted, nothing is recorded.</summary>
public sealed class HeldBackTests(AzuriteFixture azurite) : SubmitScript(azurite)
{
    [Fact]
    public async Task What_is_held_back_posts_nothing_leaves_no_record_and_is_let_in_later_under_its_own_number()
    {
        using var inside = await EnterOnlyPlaceAsync();
        var first = Gate.EnterAsync(CancellationToken.None);

        var turnedAway = await RunAsync();

        Assert.Equal((SubmitKind.Pending, true), (turnedAway.Kind, turnedAway.HeldBack));
        Assert.Equal(0, Provider.Posts);
        Assert.Null(await Records.ReadAsync<SubmissionRecord>(SubmissionRecord.NameOf(Input.InstanceId)));

        inside.Dispose();
        (await first).Dispose();
        Assert.Equal(SubmitKind.Accepted, (await RunAsync()).Kind);
        Assert.Equal(1, Provider.Posts);
    }

    [Fact]
    public async Task A_stop_while_waiting_to_be_let_in_begins_nothing()
    {
        using var inside = await EnterOnlyPlaceAsync();
        using var stopping = new CancellationTokenSource();
        var waiting = Create(Records).RunAsync(Input, stopping.Token);
        await GateClock.Waiting.Task;

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, Provider.Posts);
        Assert.Null(await Records.ReadAsync<SubmissionRecord>(SubmissionRecord.NameOf(Input.InstanceId)));
    }

    [Fact]
    public async Task What_is_recorded_is_told_without_waiting_to_be_let_in()
    {
        var first = await RunAsync();
        using var inside = await EnterOnlyPlaceAsync();

        Assert.Equal(first, await RunAsync());
    }

    [Fact]
    public async Task Waiting_to_be_let_in_is_no_part_of_the_time_to_claim()
    {
        using var inside = await EnterOnlyPlaceAsync();
        var waiting = RunAsync();
        await GateClock.Waiting.Task;
        Clock.Now += TimeSpan.FromSeconds(60);
        inside.Dispose();

        Assert.Equal(SubmitKind.Accepted, (await waiting).Kind);
    }

    [Fact]
    public async Task A_refusal_for_the_rate_limit_holds_others_back()
    {
        var reset = DateTimeOffset.UtcNow.AddSeconds(50);
        Provider.Answer = () => new SubmitAnswer.RateLimited(reset, "slow down");

        Assert.Equal(SubmitKind.RateLimited, (await RunAsync()).Kind);
        var other = await RunAsync(Input with { InstanceId = Input.InstanceId + "-other" });

        Assert.Equal((SubmitKind.Pending, true, reset), (other.Kind, other.HeldBack, other.RetryAt));
        Assert.Equal(1, Provider.Posts);
    }
}

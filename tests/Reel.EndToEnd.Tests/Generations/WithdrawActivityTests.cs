using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.EndToEnd.Tests.Generations;

/// <summary>The last look at a submit, against real storage: it posts nothing, and after it nothing is posted.</summary>
public sealed class WithdrawActivityTests(AzuriteFixture azurite) : SubmitScript(azurite)
{
    [Fact]
    public async Task What_is_withdrawn_before_it_was_claimed_is_never_posted()
    {
        var last = await WithdrawAsync(1);

        Assert.Equal(SubmitKind.NotAccepted, last.Kind);
        Assert.Equal(last, await RunAsync());
        Assert.Equal(last, await WithdrawAsync(1));
        Assert.Equal(0, Provider.Posts);
    }

    [Fact]
    public async Task A_later_attempt_is_withdrawn_though_the_record_is_of_one_before()
    {
        Provider.Answer = () => new SubmitAnswer.Unavailable(502, "away");
        await RunAsync();
        Provider.Answer = FakeProvider.Accept;

        Assert.Equal(SubmitKind.NotAccepted, (await WithdrawAsync(2)).Kind);
        Assert.Equal(SubmitKind.NotAccepted, (await RunAsync(Input with { Attempt = 2 })).Kind);
        Assert.Equal(1, Provider.Posts);
    }

    [Fact]
    public async Task Withdrawing_tells_what_was_recorded()
    {
        var accepted = await RunAsync();

        Assert.Equal(accepted, await WithdrawAsync(1));
    }

    [Fact]
    public async Task Withdrawing_what_may_still_be_posted_tells_when_it_will_be_known()
    {
        Provider.Answer = () => throw new InvalidOperationException("stands for a process that dies here");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);

        var early = await WithdrawAsync(1);
        Clock.Now = early.RetryAt!.Value;

        Assert.Equal((SubmitKind.Pending, SubmitKind.Unknown), (early.Kind, (await WithdrawAsync(1)).Kind));
    }

    [Fact]
    public async Task Of_a_submit_and_a_withdrawal_at_the_same_time_one_wins_and_both_say_so()
    {
        for (var i = 0; i < 20; i++)
        {
            var race = Input with { InstanceId = $"{Input.InstanceId}-{i}" };
            var before = Provider.Posts;
            var (submit, withdraw) = (RunAsync(race), WithdrawAsync(1, race.InstanceId));
            await Task.WhenAll(submit, withdraw);

            var posted = Provider.Posts > before;
            Assert.Equal(posted ? SubmitKind.Accepted : SubmitKind.NotAccepted, (await submit).Kind);
            Assert.True(posted ? (await withdraw).Kind is SubmitKind.Accepted or SubmitKind.Pending : (await withdraw).Kind == SubmitKind.NotAccepted);
        }
    }
}

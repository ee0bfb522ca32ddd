using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class AttemptGateTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(15);

    private readonly AttemptGate gate = new(new AttemptCapacity(64), new StillTime());

    [Fact]
    public void A_receiver_that_answers_promptly_gets_half_of_the_places()
    {
        Learn("shop", TimeSpan.FromMilliseconds(50));

        Assert.Equal(32, EnterAll("shop", 100).Count);
    }

    [Fact]
    public void One_that_hung_gets_few_until_it_answers_promptly()
    {
        Learn("shop", Hang);
        var slow = EnterAll("shop", 100);
        Assert.Equal(4, slow.Count);

        foreach (var entry in slow)
        {
            entry.Took(TimeSpan.FromMilliseconds(20));
            entry.Dispose();
        }

        Assert.Equal(32, EnterAll("shop", 100).Count);
    }

    [Fact]
    public void One_that_is_known_to_fail_is_as_one_that_hung() => Assert.Equal(4, EnterAll("shop", 100, isFailing: true).Count);

    [Fact]
    public void One_that_fails_and_says_so_at_once_is_in_nobodys_way()
    {
        Learn("shop", TimeSpan.FromMilliseconds(3), isFailing: true);

        Assert.Equal(32, EnterAll("shop", 100, isFailing: true).Count);
    }

    [Fact]
    public void However_many_hang_a_quarter_of_the_places_is_left_for_who_answers()
    {
        Learn("well", TimeSpan.FromMilliseconds(50));
        var hanging = Enumerable.Range(0, 200).Sum(number => EnterAll($"dead {number}", 20, isFailing: true).Count)
            + Enumerable.Range(0, 200).Sum(number => EnterAll($"new {number}", 20).Count);

        Assert.Equal(48, hanging);
        Assert.True(EnterAll("well", 100).Count >= 16);
    }

    [Fact]
    public void Who_is_turned_away_comes_back_one_after_the_other_within_a_quarter_of_an_hour()
    {
        Learn("dead", Hang);
        Assert.Equal(4, EnterAll("dead", 4).Count);

        var waits = Enumerable.Range(0, 1_000).Select(_ => gate.Enter("dead", false, refusals: 20).ComeBackAfter!.Value).ToList();

        // Four places of fifteen seconds each.
        Assert.All(waits.Take(200).Zip(waits.Skip(1)), pair => Assert.Equal(3.75, (pair.Second - pair.First).TotalSeconds, 3));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(0.25), AttemptGate.LongestWait));
        Assert.All(waits.GroupBy(wait => Math.Ceiling(wait.TotalMinutes)), minute => Assert.InRange(minute.Count(), 16, 80));
    }

    [Fact]
    public void At_first_it_comes_back_soon_since_a_receiver_may_only_have_been_slow_for_a_moment()
    {
        Learn("shop", Hang);
        EnterAll("shop", 1_000);

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8], Enumerable.Range(0, 6).Select(refusals => gate.Enter("shop", false, refusals).ComeBackAfter!.Value.TotalSeconds));
    }

    [Fact]
    public void An_attempt_that_was_cancelled_says_nothing_of_its_receiver_and_gives_its_place_back_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var entry = gate.Enter("new", false);
            Assert.Null(entry.ComeBackAfter);
            entry.Dispose();
            entry.Dispose();
        }

        Assert.Equal(8, EnterAll("new", 100).Count);
    }

    private void Learn(string place, TimeSpan took, bool isFailing = false)
    {
        using var entry = gate.Enter(place, isFailing);
        Assert.Null(entry.ComeBackAfter);
        entry.Took(took);
    }

    private List<AttemptEntry> EnterAll(string place, int count, bool isFailing = false) =>
        [.. Enumerable.Range(0, count).Select(_ => gate.Enter(place, isFailing)).Where(entry => entry.ComeBackAfter is null)];

    private sealed class StillTime : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}

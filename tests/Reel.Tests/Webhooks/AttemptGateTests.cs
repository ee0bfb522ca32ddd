using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class AttemptGateTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly HandClock clock = new();
    private readonly AttemptGate gate;

    public AttemptGateTests() => gate = new AttemptGate(new AttemptCapacity(64), clock);

    [Fact]
    public void A_receiver_gets_twice_as_many_places_each_time_that_it_hears_soon()
    {
        Assert.Equal(2, EnterAndLeave("shop", 100));
        Learn("shop", isHeard: true, Soon);
        Assert.Equal(4, EnterAndLeave("shop", 100));

        // Two fifths of the twenty that there are for those that are prompt.
        for (var i = 0; i < 10; i++) Learn("shop", isHeard: true, Soon);
        Assert.Equal(8, EnterAndLeave("shop", 100));
    }

    [Fact]
    public void One_that_says_soon_that_it_failed_gets_no_more_than_it_had()
    {
        for (var i = 0; i < 10; i++) Learn("shop", isHeard: false, Soon);

        Assert.Equal(2, EnterAndLeave("shop", 100));
    }

    [Fact]
    public void One_that_hung_begins_again()
    {
        for (var i = 0; i < 10; i++) Learn("shop", isHeard: true, Soon);
        Learn("shop", isHeard: false, Hang);

        Assert.Equal(2, EnterAndLeave("shop", 100));
    }

    [Fact]
    public void One_that_hangs_every_other_time_never_takes_a_place_of_those_that_are_prompt()
    {
        for (var number = 0; number < 40; number++)
        {
            for (var i = 0; i < 4; i++) Learn($"half {number}", isHeard: true, Soon);
            Learn($"half {number}", isHeard: false, Hang);
            for (var i = 0; i < 4; i++) Learn($"half {number}", isHeard: true, Soon);
        }

        for (var i = 0; i < 10; i++) Learn("shop", isHeard: true, Soon);
        for (var number = 0; number < 40; number++) EnterAll($"half {number}", 4);

        Assert.Equal(8, EnterAll("shop", 100).Count);
    }

    [Fact]
    public void One_that_takes_three_seconds_and_hears_earns_places_too()
    {
        for (var i = 0; i < 10; i++) Learn("shop", isHeard: true, TimeSpan.FromSeconds(3));

        Assert.Equal(5, EnterAndLeave("shop", 100));
    }

    [Fact]
    public void While_an_attempt_takes_longer_than_what_is_prompt_no_more_are_let_in()
    {
        for (var i = 0; i < 10; i++) Learn("shop", isHeard: true, Soon);
        var held = EnterAll("shop", 4);
        Assert.Equal(4, held.Count);
        clock.Now += TimeSpan.FromSeconds(2.1);

        Assert.Empty(EnterAll("shop", 100));
    }

    [Fact]
    public void Two_receivers_that_hang_with_all_that_they_have_earned_leave_most_places()
    {
        var functions = new AttemptGate(AttemptCapacity.OfFunctions, clock);
        var held = 0;
        foreach (var place in new[] { "a", "b" })
        {
            for (var i = 0; i < 10; i++)
            {
                using var prompt = functions.Enter("desk", place, false);
                prompt.Ended(isHeard: true, Soon);
            }

            held += Enumerable.Range(0, 100).Count(_ => functions.Enter("desk", place, false).ComeBackAfter is null);
        }

        Assert.InRange(held, 2, 5);
        Assert.Null(functions.Enter("other", "c", false).ComeBackAfter);
    }

    [Fact]
    public void A_caller_takes_no_more_than_half_of_the_places_for_new_receivers()
    {
        var held = Enumerable.Range(0, 100).Sum(number => EnterAll($"new {number}", 2).Count);

        Assert.Equal(4, held);
        Assert.Null(gate.Enter("other", "place", false).ComeBackAfter);
    }

    [Fact]
    public void Whoever_comes_back_keeps_its_place_in_the_line()
    {
        for (var i = 0; i < 2; i++) Learn("dead", isHeard: false, Hang);
        EnterAll("dead", 2);
        var first = gate.Enter("desk", "dead", false);
        var second = gate.Enter("desk", "dead", false);

        for (var i = 1; i < 30; i++) Assert.Equal(first.Ticket, gate.Enter("desk", "dead", false, i, first.Ticket).Ticket);
        Assert.Equal(second.Ticket + 1, gate.Enter("desk", "dead", false).Ticket);
    }

    [Fact]
    public void At_first_it_comes_back_soon_then_later_and_later_up_to_its_place_in_the_line()
    {
        Learn("dead", isHeard: false, Hang);
        var held = EnterAll("dead", 2);
        Assert.Equal(2, held.Count);
        var tickets = Enumerable.Range(0, 500).Select(_ => gate.Enter("desk", "dead", false).Ticket).ToList();

        Assert.Equal([0.25, 0.5, 1, 2, 4, 7.5], Enumerable.Range(0, 6).Select(refusals => Wait(refusals, tickets[0])));
        Assert.Equal([7.5, 15, 22.5], tickets.Take(3).Select(ticket => Wait(20, ticket)));
        Assert.Equal(AttemptGate.LongestWait.TotalSeconds, Wait(20, tickets[^1]));

        double Wait(int refusals, long ticket) => gate.Enter("desk", "dead", false, refusals, ticket).ComeBackAfter!.Value.TotalSeconds;
    }

    [Fact]
    public void An_attempt_that_was_cancelled_says_nothing_of_its_receiver_and_gives_its_place_back_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var entry = gate.Enter("desk", "new", false);
            Assert.Null(entry.ComeBackAfter);
            entry.Dispose();
            entry.Dispose();
        }

        Assert.Equal(2, EnterAndLeave("new", 100));
    }

    // Each at a time at which nobody waits any more.
    private void Learn(string place, bool isHeard, TimeSpan took)
    {
        clock.Now += TimeSpan.FromHours(1);
        using var entry = gate.Enter("desk", place, false);
        Assert.Null(entry.ComeBackAfter);
        entry.Ended(isHeard, took);
    }

    private int EnterAndLeave(string place, int count)
    {
        clock.Now += TimeSpan.FromHours(1);
        var entries = EnterAll(place, count);
        entries.ForEach(entry => entry.Dispose());
        return entries.Count;
    }

    private List<AttemptEntry> EnterAll(string place, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => gate.Enter("desk", place, false)).Where(entry => entry.ComeBackAfter is null)];

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}

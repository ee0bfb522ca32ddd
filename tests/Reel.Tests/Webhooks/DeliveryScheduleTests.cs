using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class DeliveryScheduleTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    [Fact]
    public void An_attempt_without_a_wait_is_due_now() =>
        Assert.Equal(Now, DeliverySchedule.Due(Now, "evt_1", 1, TimeSpan.Zero));

    [Fact]
    public void A_wait_grows_by_a_tenth_at_most_and_ends_on_a_whole_second()
    {
        for (var i = 0; i < 1000; i++)
        {
            foreach (var wait in DeliverySchedule.Default.Skip(1))
            {
                var due = DeliverySchedule.Due(Now, $"evt_{i}", 2, wait);

                Assert.InRange(due - Now, wait, (wait * 1.1) + TimeSpan.FromSeconds(1));
                Assert.Equal(0, due.UtcTicks % TimeSpan.TicksPerSecond);
            }
        }
    }

    [Fact]
    public void The_growth_is_the_same_when_asked_again_and_differs_between_events_and_attempts()
    {
        var day = TimeSpan.FromDays(1);
        var all = Enumerable.Range(1, 1000).Select(i => DeliverySchedule.Due(Now, $"evt_{i}", 10, day)).ToList();

        Assert.Equal(all, Enumerable.Range(1, 1000).Select(i => DeliverySchedule.Due(Now, $"evt_{i}", 10, day)));
        Assert.NotEqual(DeliverySchedule.Due(Now, "evt_1", 9, day), DeliverySchedule.Due(Now, "evt_1", 10, day));

        // Spread over the whole 8,640 s: each quarter of them gets its share of 1,000 events.
        var shares = all.CountBy(due => Math.Min((int)((due - Now - day).TotalSeconds / 2160), 3));
        Assert.Equal(4, shares.Count());
        Assert.All(shares, share => Assert.InRange(share.Value, 180, 320));
    }

    [Theory]
    [InlineData(5, 60, 60)]
    [InlineData(300, 60, 300)]
    [InlineData(5, null, 5)]
    [InlineData(5, 31_536_000, 86_400)]
    public void A_receiver_may_make_a_wait_longer_by_a_day_at_most(int wait, int? retryAfter, int expected)
    {
        var due = DeliverySchedule.Due(
            Now, "evt_1", 2, TimeSpan.FromSeconds(wait), retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        Assert.InRange((due - Now).TotalSeconds, expected, (expected * 1.1) + 1);
    }
}

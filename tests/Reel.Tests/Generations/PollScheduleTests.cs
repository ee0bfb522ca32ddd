using Reel.Generations;

namespace Reel.Tests.Generations;

public sealed class PollScheduleTests
{
    private static readonly PollSchedule Schedule = new(TypicalSeconds: 304, LeastSeconds: 4, MostSeconds: 60);

    [Fact]
    public void The_first_check_is_an_early_one() => Assert.Equal(TimeSpan.FromSeconds(4), Schedule.Next(TimeSpan.Zero));

    [Fact]
    public void Waits_are_long_while_it_can_hardly_be_done_and_short_around_the_typical_time()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Schedule.Next(TimeSpan.FromSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(4), Schedule.Next(TimeSpan.FromSeconds(300)));
        Assert.Equal(TimeSpan.FromSeconds(60), Schedule.Next(TimeSpan.FromSeconds(900)));
    }

    [Fact]
    public void A_render_of_typical_length_takes_few_checks()
    {
        var checks = 0;
        for (var age = TimeSpan.Zero; age < TimeSpan.FromSeconds(304); age += Schedule.Next(age)) checks++;

        Assert.InRange(checks, 5, 20);
    }

    [Fact]
    public void Waits_keep_their_bounds_at_any_age()
    {
        for (var seconds = 0; seconds < 10_000; seconds++)
            Assert.InRange(Schedule.Next(TimeSpan.FromSeconds(seconds)).TotalSeconds, 4, Math.Max(60, seconds / 100.0));
    }
}

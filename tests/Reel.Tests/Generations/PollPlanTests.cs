using Reel.Generations;

namespace Reel.Tests.Generations;

/// <summary>Poll plans in virtual time, over renders drawn with a fixed seed.</summary>
public sealed class PollPlanTests
{
    private const int Renders = 10_000;

    [Theory]
    [InlineData(4, 0.45, 15, 6)]
    [InlineData(2, 0.1, 29, 3)]
    public void Few_checks_see_a_render_of_five_minutes_early(double least, double worth, double checks, double lag)
    {
        var spread = RenderSpread.Of(304, 0.3);

        var (polled, late) = Simulate(PollPlan.For("kind", spread, least, 120, worth), spread);

        Assert.InRange(polled, 1, checks);
        Assert.InRange(late, 0.1, lag);
    }

    [Theory]
    [InlineData(152)]
    [InlineData(608)]
    public void What_was_learned_makes_up_for_a_page_that_is_wrong(double mean)
    {
        var spread = RenderSpread.Of(mean, 0.3);
        var learned = LearnedTimes.None;
        foreach (var seconds in Draw(spread, 500, seed: 2)) learned = learned.With(seconds);

        var (known, knownLag) = Simulate(PollPlan.For("kind", spread, 4, 120, 0.45), spread);
        var (polled, lag) = Simulate(PollPlan.For("kind", learned.Expect(304), 4, 120, 0.45), spread);

        Assert.InRange((polled * 0.45 + lag) / (known * 0.45 + knownLag), 0.9, 1.1);
    }

    [Fact]
    public void Three_odd_renders_do_not_mislead()
    {
        var learned = LearnedTimes.None.With(20).With(22).With(25);

        Assert.InRange(learned.Expect(304).At(0), 80, 250);
        Assert.True(learned.Expect(304).Deviation > RenderSpread.Of(304, 0.5).Deviation);
    }

    [Fact]
    public void Waits_keep_their_bounds_at_any_age_and_the_first_check_is_an_early_one()
    {
        var plan = PollPlan.For("kind", RenderSpread.Of(304, 0.3), 4, 120, 0.4);

        Assert.Equal(TimeSpan.FromSeconds(4), plan.Next(TimeSpan.Zero));
        for (var seconds = 5; seconds < 20_000; seconds++)
            Assert.InRange(plan.Next(TimeSpan.FromSeconds(seconds)).TotalSeconds, 2, Math.Max(122, seconds / 100.0));
    }

    [Theory]
    [InlineData(0.1, 0.1, 0.01, 0.05)]
    [InlineData(300, 3600, 60, 0.5)]
    [InlineData(4, 2, 0.4, 0.5)]
    public void Any_settings_make_a_plan(double least, double most, double worth, double variation)
    {
        var plan = PollPlan.For("kind", RenderSpread.Of(123, variation), least, most, worth);

        Assert.InRange(plan.Ages.Count, 2, 100);
        Assert.Equal(plan.Ages.Order().Distinct(), plan.Ages);
    }

    private static (double Checks, double Lag) Simulate(PollPlan plan, RenderSpread spread)
    {
        var (checks, lag) = (0, 0.0);
        foreach (var seconds in Draw(spread, Renders, seed: 1))
        {
            var age = TimeSpan.Zero;
            for (; age.TotalSeconds < seconds; checks++) age += plan.Next(age);
            lag += age.TotalSeconds - seconds;
        }

        return ((double)checks / Renders, lag / Renders);
    }

    private static IEnumerable<double> Draw(RenderSpread spread, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return spread.At(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}

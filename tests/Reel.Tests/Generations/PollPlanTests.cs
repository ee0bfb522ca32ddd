using Reel.Benchmarks.Schedule;
using Reel.Generations;

namespace Reel.Tests.Generations;

/// <summary>Poll plans, and what they cost over renders whose times are known.</summary>
public sealed class PollPlanTests
{
    [Fact]
    public void The_settings_that_are_simulated_are_the_default() => Assert.Equal(
        (new PollingOptions().Least, new PollingOptions().Most, new PollingOptions().CheckWorth),
        (TimeSpan.FromSeconds(Setting.Frugal.Least), TimeSpan.FromSeconds(Setting.Frugal.Plan(RenderSpread.Of(304, 0.3)).MostSeconds), TimeSpan.FromSeconds(Setting.Frugal.Worth)));

    [Fact]
    public void Few_checks_see_a_render_of_five_minutes_early()
    {
        var truth = RenderSpread.Of(304, 0.3);
        foreach (var setting in (Setting[])[Setting.Frugal, Setting.Early])
        {
            var cost = new VirtualRenders(truth, 304).CostOf(setting.Plan(truth).Next);

            Assert.InRange(cost.Checks, 10, 0.97 * setting.MostChecks);
            Assert.InRange(cost.MeanLag, 1, 0.97 * setting.MostLag);
        }
    }

    [Theory]
    [InlineData(304, 0.15)]
    [InlineData(304, 0.3)]
    [InlineData(304, 0.5)]
    [InlineData(123, 0.3)]
    public void A_plan_costs_little_more_than_the_best_there_is(double mean, double variation)
    {
        var truth = RenderSpread.Of(mean, variation);
        foreach (var setting in (Setting[])[Setting.Frugal, Setting.Early])
        {
            double WorthOf(PollPlan plan) => new VirtualRenders(truth, mean).CostOf(plan.Next) is var cost ? cost.Checks * setting.Worth + cost.MeanLag : 0;

            Assert.InRange(WorthOf(setting.Plan(truth)) / WorthOf(BestPlan.For(truth, setting)), 0.999, 1.03);
        }
    }

    [Fact]
    public void Waits_keep_their_bounds_at_any_age_and_the_first_check_is_an_early_one()
    {
        var plan = PollPlan.For("kind", RenderSpread.Of(304, 0.3), 4, 120, 0.4);

        Assert.Equal(TimeSpan.FromSeconds(4), plan.Next(TimeSpan.Zero));
        for (var seconds = 5; seconds < 20_000; seconds++)
            Assert.InRange(plan.Next(TimeSpan.FromSeconds(seconds)).TotalSeconds, 4, Math.Max(122, seconds / 100.0));
    }

    [Fact]
    public void A_timer_that_fires_early_is_not_asked_about_twice()
    {
        var plan = PollPlan.For("kind", RenderSpread.Of(304, 0.3), 4, 120, 0.4);

        Assert.Equal(plan.Ages[2] - plan.Ages[1] + 0.9, plan.Next(TimeSpan.FromSeconds(plan.Ages[1] - 0.9)).TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.9)]
    public void After_a_late_check_the_next_is_no_sooner_than_the_shortest_wait(double late)
    {
        var plan = new PollPlan("kind", [4, 8, 12, 16], 4, 120);

        Assert.Equal(4, plan.Next(TimeSpan.FromSeconds(8 + late)).TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0.1, 0.1, 0.01, 0.05)]
    [InlineData(0.1, 3600, 0.01, 0.05)]
    [InlineData(300, 3600, 60, 0.5)]
    [InlineData(4, 2, 0.4, 0.5)]
    public void Any_settings_make_a_plan(double least, double most, double worth, double variation)
    {
        var plan = PollPlan.For("kind", RenderSpread.Of(123, variation), least, most, worth);

        Assert.InRange(plan.Ages.Count, 2, 120);
        Assert.Equal(plan.Ages.Order().Distinct(), plan.Ages);
        Assert.All(plan.Ages, age => Assert.True(double.IsFinite(age)));
    }
}

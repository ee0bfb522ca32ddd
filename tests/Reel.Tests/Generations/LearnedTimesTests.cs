using Reel.Benchmarks.Schedule;
using Reel.Generations;
using Reel.Segmind;

namespace Reel.Tests.Generations;

/// <summary>What is learned of render times, from fixed seeds.</summary>
public sealed class LearnedTimesTests
{
    private const int Seeds = 20;
    private static readonly RenderSpread Truth = RenderSpread.Of(304, 0.3);

    [Theory]
    [InlineData(304)]
    [InlineData(152)]
    [InlineData(608)]
    public void After_a_thousand_renders_the_bounds_hold_whatever_the_page_says_and_chance_has_drawn(double typical)
    {
        var renders = new VirtualRenders(Truth, typical);
        foreach (var setting in (Setting[])[Setting.Frugal, Setting.Early])
        {
            var held = Enumerable.Range(1, Seeds).Count(seed => setting.Holds(CostAfter(renders, renders.Learn(setting, 1_000, seed), setting)));

            Assert.InRange(held, Seeds - 1, Seeds);
        }
    }

    [Theory]
    [InlineData(304)]
    [InlineData(152)]
    [InlineData(608)]
    public void Twenty_renders_are_enough_to_come_close(double typical)
    {
        var renders = new VirtualRenders(Truth, typical);

        Assert.InRange(WorthAfter(renders, seed => renders.Learn(Setting.Frugal, 20, seed)), 1, 1.06);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0.5)]
    public void A_provider_that_has_become_faster_or_slower_is_noticed_soon(double factor)
    {
        var then = new VirtualRenders(Truth, 304);
        var now = new VirtualRenders(RenderSpread.Of(304 * factor, 0.3), 304);

        Assert.InRange(WorthAfter(now, seed => now.Learn(Setting.Frugal, 40, seed, then.Learn(Setting.Frugal, 1_000, seed + 100))), 1, 1.06);
    }

    [Fact]
    public void Odd_renders_now_and_then_do_not_mislead()
    {
        var renders = new VirtualRenders(Truth, 304);
        static double? Spoil(double seconds, Random random) => random.Next(50) > 0 ? seconds : random.Next(2) > 0 ? 8 * seconds : 0.05 * seconds;

        var held = Enumerable.Range(1, Seeds).Count(seed => Setting.Frugal.Holds(CostAfter(renders, renders.Learn(Setting.Frugal, 1_000, seed, spoil: Spoil), Setting.Frugal)));

        Assert.InRange(held, Seeds - 2, Seeds);
    }

    [Fact]
    public void That_long_renders_are_cancelled_more_often_misleads_little()
    {
        var renders = new VirtualRenders(Truth, 304);
        var (begun, cancelled) = (0, 0);
        double? Cancel(double seconds, Random random)
        {
            begun++;
            if (random.NextDouble() >= 0.3 || random.NextDouble() * 608 >= seconds) return seconds;
            cancelled++;
            return null;
        }

        List<LearnedTimes> learned = [.. Enumerable.Range(1, Seeds).Select(seed => renders.Learn(Setting.Frugal, 1_200, seed, spoil: Cancel))];

        Assert.Equal(1.0 / 7, (double)cancelled / begun, 0.02);
        Assert.InRange(learned.Average(one => one.MeanLog) - Truth.MeanLog, -0.025, 0);
        var costs = learned.ConvertAll(one => CostAfter(renders, one, Setting.Frugal));
        Assert.True(Setting.Frugal.Holds(new Cost(costs.Average(cost => cost.Checks), costs.Average(cost => cost.MeanLag), 0)));
    }

    [Fact]
    public void Three_odd_renders_at_the_beginning_leave_it_unsure()
    {
        var expected = Learn(20, 22, 25).Expect(304);

        Assert.InRange(expected.At(0), 30, 250);
        Assert.True(expected.Deviation > 2 * RenderSpread.Of(304, 0.5).Deviation);
    }

    [Fact]
    public void That_a_render_is_seen_late_makes_it_no_longer()
    {
        // Seen between two checks that are far apart, and yet learned without a bias.
        var learned = LearnedTimes.None;
        var random = new Random(1);
        for (var i = 0; i < 4_000; i++)
        {
            var seconds = Truth.At(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            var by = Math.Ceiling(seconds / 120) * 120;
            learned = learned.With(new RenderedTime("kind", by - 120, by), 304);
        }

        Assert.Equal(Truth.MeanLog, learned.MeanLog, 0.03);
        Assert.Equal(Truth.Deviation, Math.Sqrt(learned.Variance), 0.03);
    }

    [Fact]
    public void What_the_provider_says_counts_where_it_fits_the_checks()
    {
        var (working, done) = (TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(112));
        RenderedTime? Of(double? total, double? queue = null, double? inference = null) =>
            RenderedTime.Of("kind", working, done, new RenderMetrics(TotalTime: total, QueueTime: queue, InferenceTime: inference));

        Assert.Equal(new RenderedTime("kind", 104.5, 104.5), Of(104.5));
        Assert.Equal(new RenderedTime("kind", 105, 105), Of(null, 4, 101));
        Assert.Equal(new RenderedTime("kind", 112, 112), Of(113));
        Assert.All([Of(null), Of(13), Of(double.NaN), Of(null, inference: 105), RenderedTime.Of("kind", working, done, null)], rendered =>
            Assert.Equal(new RenderedTime("kind", 100, 112), rendered));
    }

    [Fact]
    public void A_render_that_took_longer_by_the_provider_s_word_than_it_was_under_way_here_teaches_nothing()
    {
        static RenderedTime? Of(double total) => RenderedTime.Of("kind", TimeSpan.Zero, TimeSpan.FromSeconds(4), new RenderMetrics(TotalTime: total));

        Assert.Equal(new RenderedTime("kind", 4, 4), Of(6));
        Assert.Null(Of(6.5));
        Assert.Null(Of(304));
    }

    [Fact]
    public void Whatever_is_seen_what_is_learned_is_sound()
    {
        RenderedTime[] odd = [new("kind", 0, 0.001), new("kind", 0, 1e7), new("kind", 1e6, 1e7), new("kind", 5, 5), new("kind", 0.001, 0.001)];
        var learned = LearnedTimes.None;
        for (var i = 0; i < 1_000; i++)
        {
            learned = learned.With(odd[i * 7 % 5], 304);

            Assert.True(learned.IsSound(), $"{learned}");
            var expected = learned.Expect(304);
            Assert.True(double.IsFinite(expected.MeanLog) && expected.Deviation is > 0 and < 30, $"{learned} {expected}");
        }
    }

    [Fact]
    public void What_no_render_leads_to_is_not_sound()
    {
        LearnedTimes[] damaged = [new(-1, 5, 0.1), new(5, double.NaN, 0.1), new(5, 5, -1), new(5, double.PositiveInfinity, 0.1), new(5, 900, 0.1), new(5, 5, 0.1, double.NaN)];

        Assert.All(damaged, one => Assert.False(one.IsSound()));
        Assert.True(LearnedTimes.None.IsSound());
    }

    [Fact]
    public void An_estimate_is_given_when_three_were_seen()
    {
        Assert.Null(Learn(12, 12).Median());
        Assert.Equal(12, Learn(12, 12, 12).Median());
    }

    private static LearnedTimes Learn(params double[] seconds) =>
        seconds.Aggregate(LearnedTimes.None, (learned, one) => learned.With(new RenderedTime("kind", one, one), 304));

    private static Cost CostAfter(VirtualRenders renders, LearnedTimes learned, Setting setting) =>
        renders.CostOf(setting.Plan(learned.Expect(renders.TypicalSeconds)).Next);

    /// <summary>What its checks and its lag are worth, in times of what they are to one that knows the truth; the mean over the seeds.</summary>
    private static double WorthAfter(VirtualRenders renders, Func<int, LearnedTimes> learn)
    {
        static double Worth(Cost cost) => cost.Checks * Setting.Frugal.Worth + cost.MeanLag;
        var known = Worth(renders.CostOf(Setting.Frugal.Plan(renders.Truth).Next));
        return Enumerable.Range(1, Seeds).Average(seed => Worth(CostAfter(renders, learn(seed), Setting.Frugal))) / known;
    }
}

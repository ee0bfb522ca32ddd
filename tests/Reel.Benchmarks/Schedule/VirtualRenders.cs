using Reel.Generations;

namespace Reel.Benchmarks.Schedule;

/// <summary>Renders in virtual time, whose times are drawn from a distribution that the plans do not know. Compiled into Reel.Tests too.</summary>
/// <param name="Truth">How long they really take.</param>
/// <param name="TypicalSeconds">What the model's page says.</param>
internal sealed record VirtualRenders(RenderSpread Truth, double TypicalSeconds)
{
    private const double Farthest = 6;
    private const double Step = 1.0 / 256;

    /// <summary>What a schedule costs, averaged over the distribution itself and not over renders that chance has drawn.</summary>
    /// <param name="next">The wait before the next check at an age.</param>
    public Cost CostOf(Func<TimeSpan, TimeSpan> next)
    {
        var (age, asked, total) = (TimeSpan.Zero, 0, 0.0);
        var lags = new List<(double Lag, double Weight)>();
        var (checks, lag) = (0.0, 0.0);
        for (var z = -Farthest; z <= Farthest; z += Step)
        {
            var seconds = Truth.At(z);
            for (; age.TotalSeconds < seconds; asked++) age += next(age);
            var weight = Math.Exp(-z * z / 2);
            lags.Add((age.TotalSeconds - seconds, weight));
            (total, checks, lag) = (total + weight, checks + weight * asked, lag + weight * (age.TotalSeconds - seconds));
        }

        return new Cost(checks / total, lag / total, LeastAbove(0.95 * total, lags));
    }

    /// <summary>What is known after so many renders: each was asked for by a plan made of what was known before.</summary>
    /// <param name="spoil">What becomes of the true seconds of a render before they are seen, null for one that never is; nothing when it is null itself.</param>
    public LearnedTimes Learn(Setting setting, int count, int seed, LearnedTimes? before = null, Func<double, Random, double?>? spoil = null)
    {
        var random = new Random(seed);
        var learned = before ?? LearnedTimes.None;
        PollPlan? plan = null;
        for (var i = 0; i < count; i++)
        {
            // A plan is as old as its render, and a look at what is known may be a minute old: several go by the same.
            if (plan is null || learned.Count < 20 || i % 50 == 0) plan = setting.Plan(learned.Expect(TypicalSeconds));
            var seconds = Truth.At(Draw(random));
            if (spoil is not null)
            {
                if (spoil(seconds, random) is not { } spoilt) continue;
                seconds = spoilt;
            }

            var (working, age) = (TimeSpan.Zero, TimeSpan.Zero);
            while (age.TotalSeconds < seconds) (working, age) = (age, age + plan.Next(age));
            if (RenderedTime.Of("kind", working, age, null) is { } rendered) learned = learned.With(rendered, TypicalSeconds);
        }

        return learned;
    }

    /// <summary>From the normal distribution.</summary>
    private static double Draw(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double LeastAbove(double weight, List<(double Lag, double Weight)> lags)
    {
        foreach (var (lag, one) in lags.OrderBy(pair => pair.Lag))
        {
            if ((weight -= one) <= 0) return lag;
        }

        return double.NaN;
    }
}

/// <summary>What a schedule costs per render.</summary>
/// <param name="MeanLag">Seconds from the end of a render to the check that sees it.</param>
internal sealed record Cost(double Checks, double MeanLag, double LagP95);

/// <summary>Settings of polling, and what they should come to for a mean of 304 s and a coefficient of variation of 0.3.</summary>
/// <param name="Worth">See <see cref="PollingOptions.CheckWorth"/>.</param>
internal sealed record Setting(string Name, double Least, double Worth, double MostChecks, double MostLag)
{
    public static readonly Setting Frugal = new("frugal", 4, 0.47, 15, 6);
    public static readonly Setting Early = new("early", 2, 0.107, 29, 3);

    private const double Most = 180;

    public PollPlan Plan(RenderSpread expected) => PollPlan.For("kind", expected, Least, Most, Worth);

    public bool Holds(Cost cost) => cost.Checks <= MostChecks && cost.MeanLag < MostLag;
}

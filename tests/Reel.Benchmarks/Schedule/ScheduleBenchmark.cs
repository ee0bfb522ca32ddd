using Reel.Generations;

namespace Reel.Benchmarks.Schedule;

/// <summary>Poll plans in virtual time over lognormal renders, drawn with a fixed seed: before anything was learned and after 500 renders.</summary>
internal sealed class ScheduleBenchmark : IBenchmark
{
    private const int Renders = 20_000;
    private const int Lessons = 500;
    private const double Most = 120;

    private static readonly Setting Frugal = new("frugal", 4, 0.45);
    private static readonly Setting Early = new("early", 2, 0.1);

    public string Name => "schedule";

    public string Description => "Checks per render and lag, in virtual time.";

    public Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (var mean in (double[])[123, 304])
        {
            foreach (var variation in (double[])[0.15, 0.3, 0.5])
            {
                var spread = RenderSpread.Of(mean, variation);
                var kind = $"{mean:0}s_cv{variation * 100:0}";
                Add($"{kind}_every_2s", Simulate(_ => TimeSpan.FromSeconds(2), spread, run.Scaled(Renders)));
                foreach (var setting in (Setting[])[Frugal, Early])
                {
                    foreach (var (page, typical) in (ReadOnlySpan<(string, double)>)[("right", mean), ("half", mean / 2), ("twice", mean * 2)])
                    {
                        Add($"{kind}_{setting.Name}_page_{page}", Simulate(setting.Plan(LearnedTimes.None.Expect(typical)).Next, spread, run.Scaled(Renders)));
                        var isTarget = (mean, variation) == (304, 0.3);
                        var (checks, lag) = setting == Frugal ? (15.0, 6.0) : (29.0, 3.0);
                        Add(
                            $"{kind}_{setting.Name}_page_{page}_learned",
                            Simulate(setting.Plan(Learn(spread).Expect(typical)).Next, spread, run.Scaled(Renders)),
                            isTarget ? Target.Below(checks) : null,
                            isTarget ? Target.Below(lag) : null);
                    }
                }
            }
        }

        return Task.FromResult<IReadOnlyList<Figure>>(figures);

        void Add(string name, (double Checks, Sample Lags, double MeanLag) result, Target? checks = null, Target? lag = null)
        {
            figures.Add(new Figure($"{name}_checks", result.Checks, "", checks));
            figures.Add(new Figure($"{name}_lag_mean", result.MeanLag, "s", lag));
            figures.Add(new Figure($"{name}_lag_p95", result.Lags.Percentile(95), "s"));
        }
    }

    private static LearnedTimes Learn(RenderSpread spread) => Draw(spread, Lessons, seed: 2).Aggregate(LearnedTimes.None, (learned, seconds) => learned.With(seconds));

    private static (double Checks, Sample Lags, double MeanLag) Simulate(Func<TimeSpan, TimeSpan> next, RenderSpread spread, int count)
    {
        var (checks, lags) = (0, new List<double>(count));
        foreach (var seconds in Draw(spread, count, seed: 1))
        {
            var age = TimeSpan.Zero;
            for (; age.TotalSeconds < seconds; checks++) age += next(age);
            lags.Add(age.TotalSeconds - seconds);
        }

        return ((double)checks / count, new Sample(lags), lags.Average());
    }

    private static IEnumerable<double> Draw(RenderSpread spread, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return spread.At(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    private sealed record Setting(string Name, double Least, double Worth)
    {
        public PollPlan Plan(RenderSpread expected) => PollPlan.For("kind", expected, Least, Most, Worth);
    }
}

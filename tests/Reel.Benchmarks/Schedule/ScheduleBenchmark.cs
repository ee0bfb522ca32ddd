using Reel.Generations;

namespace Reel.Benchmarks.Schedule;

/// <summary>
/// Checks per render and lag, in virtual time: of the best plan there is, of one of Reel's that knows the truth, before anything was learned, and after renders that were seen only between
/// two checks. What was learned is averaged over seeds, and beside it stands how many of them keep to the bounds.
/// </summary>
internal sealed class ScheduleBenchmark : IBenchmark
{
    private const int Seeds = 40;
    private const int Lessons = 1_000;

    public string Name => "schedule";

    public string Description => "Checks per render and lag, in virtual time.";

    public Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (var mean in (double[])[123, 304])
        {
            foreach (var variation in (double[])[0.15, 0.3, 0.5])
            {
                var truth = RenderSpread.Of(mean, variation);
                var kind = $"{mean:0}s_cv{variation * 100:0}";
                run.Say(kind);
                Add($"{kind}_every_2s", new VirtualRenders(truth, mean).CostOf(_ => TimeSpan.FromSeconds(2)));
                foreach (var setting in (Setting[])[Setting.Frugal, Setting.Early])
                {
                    var isBound = (mean, variation) == (304, 0.3);
                    Add($"{kind}_{setting.Name}_best", new VirtualRenders(truth, mean).CostOf(BestPlan.For(truth, setting).Next));
                    Add($"{kind}_{setting.Name}_known", new VirtualRenders(truth, mean).CostOf(setting.Plan(truth).Next));
                    foreach (var (page, typical) in (ReadOnlySpan<(string, double)>)[("right", mean), ("half", mean / 2), ("twice", mean * 2)])
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        var renders = new VirtualRenders(truth, typical);
                        var name = $"{kind}_{setting.Name}_page_{page}";
                        Add($"{name}_after_0", renders.CostOf(setting.Plan(LearnedTimes.None.Expect(typical)).Next));
                        foreach (var lessons in isBound ? (int[])[20, 100, 500, Lessons] : [Lessons])
                            AddLearned($"{name}_after_{lessons}", renders, setting, run.Scaled(lessons), isBound && lessons == Lessons, isBound);
                    }
                }
            }
        }

        return Task.FromResult<IReadOnlyList<Figure>>(figures);

        void Add(string name, Cost cost, Target? checks = null, Target? lag = null)
        {
            figures.Add(new Figure($"{name}_checks", cost.Checks, "", checks));
            figures.Add(new Figure($"{name}_lag_mean", cost.MeanLag, "s", lag));
            figures.Add(new Figure($"{name}_lag_p95", cost.LagP95, "s"));
        }

        void AddLearned(string name, VirtualRenders renders, Setting setting, int lessons, bool isTarget, bool hasBounds)
        {
            List<Cost> costs = [.. Enumerable.Range(1, Seeds).Select(seed => renders.CostOf(setting.Plan(renders.Learn(setting, lessons, seed).Expect(renders.TypicalSeconds)).Next))];
            Add(
                name,
                new Cost(costs.Average(cost => cost.Checks), costs.Average(cost => cost.MeanLag), costs.Average(cost => cost.LagP95)),
                isTarget ? Target.Below(setting.MostChecks) : null,
                isTarget ? Target.Below(setting.MostLag) : null);
            if (hasBounds) figures.Add(new Figure($"{name}_seeds_that_hold", 100.0 * costs.Count(setting.Holds) / Seeds, "%", isTarget ? Target.AtLeast(95) : null));
        }
    }
}

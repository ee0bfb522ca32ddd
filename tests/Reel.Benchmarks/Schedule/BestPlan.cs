using Reel.Generations;

namespace Reel.Benchmarks.Schedule;

/// <summary>
/// The plan that costs least for a distribution that is known, by dynamic programming over a grid: what Reel's plans are measured against. Far too slow to
/// make one for each render. Compiled into Reel.Tests too.
/// </summary>
internal static class BestPlan
{
    private const double Grid = 0.5;
    private const double Farthest = 5;
    private const double Step = 1.0 / 1_024;

    /// <summary>With the same early first check, the same shortest and longest wait, and the same worth of a check.</summary>
    public static PollPlan For(RenderSpread truth, Setting setting)
    {
        var (least, most) = ((int)Math.Ceiling(setting.Least / Grid), (int)(setting.Plan(truth).MostSeconds / Grid));
        var (ended, seconds) = Accumulate(truth);
        var last = ended.Length - 1;
        var cost = new double[ended.Length];
        var next = new int[ended.Length];
        for (var i = last - 1; i >= 0; i--)
        {
            (cost[i], next[i]) = (double.PositiveInfinity, last);
            for (var j = Math.Min(i + least, last); j <= Math.Min(i + most, last); j++)
            {
                var then = setting.Worth * (1 - ended[i]) + j * Grid * (ended[j] - ended[i]) - (seconds[j] - seconds[i]) + cost[j];
                if (then < cost[i]) (cost[i], next[i]) = (then, j);
            }
        }

        List<double> ages = [];
        for (var i = least; i < last; i = next[i]) ages.Add(i * Grid);
        return new PollPlan("kind", ages, setting.Least, most * Grid);
    }

    /// <summary>For each point of the grid, the share of renders that have ended by then, and their mean seconds times that share.</summary>
    private static (double[] Ended, double[] Seconds) Accumulate(RenderSpread truth)
    {
        var ended = new double[(int)(truth.At(Farthest) / Grid) + 2];
        var seconds = new double[ended.Length];
        var total = 0.0;
        for (var z = -Farthest; z <= Farthest; z += Step)
        {
            var (at, weight) = (truth.At(z), Math.Exp(-z * z / 2));
            var i = (int)Math.Ceiling(at / Grid);
            (ended[i], seconds[i], total) = (ended[i] + weight, seconds[i] + weight * at, total + weight);
        }

        for (var i = 0; i < ended.Length; i++)
            (ended[i], seconds[i]) = (ended[i] / total + (i > 0 ? ended[i - 1] : 0), seconds[i] / total + (i > 0 ? seconds[i - 1] : 0));
        return (ended, seconds);
    }
}

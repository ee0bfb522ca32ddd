using System.Diagnostics;

namespace Reel.Benchmarks.Engine;

/// <summary>What it took to start so many at once and see all of them over.</summary>
/// <param name="Rate">A second.</param>
/// <param name="CpuMs">Processor time for each, of the whole process; milliseconds.</param>
/// <param name="AllocatedKiB">For each.</param>
/// <param name="Flushes">To disk, for all.</param>
internal sealed record EngineBurst(double Rate, double CpuMs, double AllocatedKiB, double Flushes)
{
    /// <summary>Starts them all, each durably, and waits until the last is over.</summary>
    /// <param name="prefix">Of their ids.</param>
    public static async Task<EngineBurst> RunAsync(WatchedEngine engine, string prefix, int count, Func<int, Task> start, CancellationToken cancellationToken)
    {
        GC.Collect();
        var (cpu, allocated, flushes, begun) =
            (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), engine.Transactions, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, count).Select(start));
        await engine.UntilAllAreOverAsync(prefix, cancellationToken);
        var took = Stopwatch.GetElapsedTime(begun);
        var burst = new EngineBurst(
            count / took.TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / count,
            (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / count,
            engine.Transactions - flushes);
        await engine.MustBeCompletedAsync(prefix, count, cancellationToken);
        return burst;
    }

    /// <summary>The medians of several.</summary>
    public static EngineBurst Median(IReadOnlyCollection<EngineBurst> runs) => new(
        Of(runs, run => run.Rate), Of(runs, run => run.CpuMs), Of(runs, run => run.AllocatedKiB), Of(runs, run => run.Flushes));

    private static double Of(IEnumerable<EngineBurst> runs, Func<EngineBurst, double> figure) => new Sample(runs.Select(figure)).Median;
}

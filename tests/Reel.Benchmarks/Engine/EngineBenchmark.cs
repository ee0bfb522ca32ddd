using System.Diagnostics;
using System.Globalization;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Benchmarks.Engine;

/// <summary>
/// The embedded engine, in this process, with the desk's settings: an orchestration of an activity, a 0-second timer and an activity, many at once and one
/// alone; and Reel's own orchestrators with activities that do nothing. What is counted is durable, each step for itself. A flush of the same disk
/// is beside it.
/// </summary>
internal sealed class EngineBenchmark : IBenchmark
{
    private const string Prefix = "chain";
    private const int AloneCount = 500;
    private const int HeldCount = 20_000;
    private const int BesideHeldCount = 2_000;
    private const int BesideHeldRuns = 5;
    private const int FlowCount = 2_000;
    private const int FlowRuns = 5;
    private static readonly (int Count, int Runs)[] Bursts = [(200, 15), (2_000, 7), (20_000, 5)];
    private static readonly OrchestrationName<int, int> Chain = new("Chain");
    private static readonly OrchestrationName<int, int> Hold = new("Hold");
    private static readonly ActivityName<int, int> Add = new("Add");

    // A name of which few run at once.
    private static readonly ActivityName<int, int> Held = new(Activities.SaveVideo.Name);

    private static readonly OrchestrationCatalog Catalog = new OrchestrationCatalog()
        .Add(Chain, async (context, input) =>
        {
            var sum = await context.CallAsync(Add, input);
            await context.CreateTimer(context.UtcNow);
            return await context.CallAsync(Add, sum);
        })
        .Add(Add, _ => new Doing<int, int>(input => input + 1))
        .Add(Hold, (context, input) => context.CallAsync(Held, input))
        .Add(Held, _ => new UntilTheEnd());

    public string Name => "engine";

    public string Description => "The embedded engine: activity, 0-second timer, activity; and whole requests with activities that do nothing.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var folders = 0;
        await ChainsAsync(Folder(), run.Scaled(5_000), cancellationToken);
        List<Figure> figures = [];
        foreach (var (count, runs) in Bursts)
        {
            List<EngineBurst> bursts = [];
            for (var i = 0; i < runs; i++) bursts.Add(await ChainsAsync(Folder(), run.Scaled(count), cancellationToken));
            Tell($"chain_{count}", bursts, count == 20_000 ? Target.AtLeast(2_000) : null);
        }

        List<EngineBurst> beside = [];
        for (var i = 0; i < BesideHeldRuns; i++)
            beside.Add(await ChainsAsync(Folder(), run.Scaled(BesideHeldCount), cancellationToken, run.Scaled(HeldCount)));
        Tell("chain_2000_beside_20000_waiting", beside, null);

        var (alone, flushes) = await AloneAsync(Folder(), run.Scaled(AloneCount), cancellationToken);
        run.Say($"alone: {alone.Median:0.00} ms");
        figures.Add(new Figure("alone_p50", alone.Median, "ms", Target.Below(5)));
        figures.Add(new Figure("alone_p99", alone.Percentile(99), "ms"));
        figures.Add(new Figure("flush_p50", flushes.Median, "ms"));
        figures.Add(new Figure("flush_p99", flushes.Percentile(99), "ms"));

        List<EngineBurst> flows = [];
        for (var i = 0; i <= FlowRuns; i++) flows.Add(await FlowAsync(Folder(), run.Scaled(FlowCount), cancellationToken));
        Tell("flow", flows.GetRange(1, FlowRuns), null);
        return figures;

        string Folder() => Path.Combine(run.Folder, $"{folders++}");

        void Tell(string name, List<EngineBurst> bursts, Target? target)
        {
            var median = EngineBurst.Median(bursts);
            run.Say($"{name}: {median.Rate:#,0}/s, {median.CpuMs:0.00} ms CPU each; load {Machine.Load:0.00}");
            figures.Add(new Figure(name, median.Rate, "1/s", target));
            figures.Add(new Figure($"{name}_cpu", median.CpuMs, "ms"));
            figures.Add(new Figure($"{name}_allocated", median.AllocatedKiB, "KiB"));
            figures.Add(new Figure($"{name}_flushes", median.Flushes, ""));
        }
    }

    /// <param name="held">So many others wait meanwhile for an activity that never gets its turn.</param>
    private static async Task<EngineBurst> ChainsAsync(string folder, int count, CancellationToken cancellationToken, int held = 0)
    {
        await using var engine = await WatchedEngine.StartAsync(Catalog, folder);
        await Task.WhenAll(Enumerable.Range(0, held).Select(number => engine.Client.StartAsync(Hold, $"held{number}", number, cancellationToken)));
        return await EngineBurst.RunAsync(engine, Prefix, count, number => StartAsync(engine, number), cancellationToken);
    }

    private static async Task<EngineBurst> FlowAsync(string folder, int count, CancellationToken cancellationToken)
    {
        await using var engine = await WatchedEngine.StartAsync(new NoOpFlow().Catalog, folder);
        return await EngineBurst.RunAsync(engine, NoOpFlow.Caller, count, _ => NoOpFlow.StartAsync(engine.Client), cancellationToken);
    }

    /// <summary>One after the other, each followed by a flush of a file beside the engine's.</summary>
    private static async Task<(Sample Alone, Sample Flushes)> AloneAsync(string folder, int count, CancellationToken cancellationToken)
    {
        await using var engine = await WatchedEngine.StartAsync(Catalog, folder);
        await using var file = new FileStream(Path.Combine(folder, "flushed"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        List<double> times = [];
        List<double> flushes = [];
        for (var number = 0; number < count; number++)
        {
            var begun = Stopwatch.GetTimestamp();
            await StartAsync(engine, number);
            await engine.UntilAsync(async () => (await engine.Client.GetAsync(Id(number), cancellationToken))!.Status == RuntimeStatus.Completed, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            begun = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            flushes.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return (new Sample(times), new Sample(flushes));
    }

    private static Task StartAsync(WatchedEngine engine, int number) => engine.Client.StartAsync(Chain, Id(number), number);

    private static string Id(int number) => Prefix + number.ToString("D6", CultureInfo.InvariantCulture);

    private sealed class UntilTheEnd : IActivity<int, int>
    {
        public async Task<int> RunAsync(int input, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return input;
        }
    }
}

using Reel.Benchmarks.List;
using Reel.Local.Engine.Store;

namespace Reel.Benchmarks.Engine;

/// <summary>
/// The opening of a store with 100,000 finished requests, their deliveries, and 10,000 that are being rendered, all of which are due to be looked at again,
/// by a process that was just started. Of the finished, most are copies.
/// </summary>
internal sealed class RecoveryBenchmark : IBenchmark
{
    private const int Finished = 100_000;
    private const int Originals = 100;
    private const int Running = 10_000;
    private const int Runs = 5;

    public string Name => "recovery";

    public string Description => "Opening a store with 100,000 finished requests and 10,000 that go on at once.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var store = Path.Combine(run.Folder, "store");
        run.Say("filling a store");
        await FillAsync(store, run.Scaled(Finished), cancellationToken);
        MustHold(store, run.Scaled(Finished));
        List<Recovery> runs = [];

        for (var i = 0; i < Runs; i++)
        {
            await LeaveRunningAsync(store, run.Scaled(Running), cancellationToken);
            runs.Add(await RecoveryProcess.RunAsync(store, run.Scaled(Running), cancellationToken));
            run.Say($"open after {runs[^1].OpenMs:0} ms, all gone on after {runs[^1].GoneOnMs:0} ms; load {Machine.Load:0.00}");
        }

        MustHold(store, run.Scaled(Finished) + (Runs * run.Scaled(Running)));
        return
        [
            new("open", Median(one => one.OpenMs), "ms", Target.Below(2_000)),
            new("gone_on", Median(one => one.GoneOnMs), "ms", Target.Below(2_000)),
            new("gone_on_cpu", Median(one => one.CpuMs), "ms"),
            new("memory_before", Median(one => one.RssBefore), "MiB"),
            new("memory_most", Median(one => one.RssMost), "MiB"),
            new("file", new FileInfo(Path.Combine(store, "engine.db")).Length / 1024.0 / 1024, "MiB"),
        ];

        double Median(Func<Recovery, double> figure) => new Sample(runs.Select(figure)).Median;
    }

    private static async Task FillAsync(string folder, int finished, CancellationToken cancellationToken)
    {
        List<string> originals = [];
        await using (var engine = await WatchedEngine.StartAsync(new NoOpFlow().Catalog, folder))
        {
            for (var i = 0; i < Originals; i++) originals.Add(await NoOpFlow.StartAsync(engine.Client));
            await engine.UntilAllAreOverAsync("", cancellationToken);
        }

        using var connection = StoreConnection.Open(Path.Combine(folder, "engine.db"), readOnly: false);
        connection.Execute("BEGIN");
        var store = new FilledStore(connection);
        var requests = originals.ConvertAll(store.Read);
        var now = DateTimeOffset.UtcNow;
        for (var i = Originals; i < finished; i++)
            store.Add(requests[i % Originals], (NoOpFlow.Caller, originals[i % Originals]), NoOpFlow.Caller, now - (i * TimeSpan.FromSeconds(20)));
        connection.Execute("COMMIT");
        connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    // Each request has its delivery.
    private static void MustHold(string folder, int requests)
    {
        using var connection = StoreConnection.Open(Path.Combine(folder, "engine.db"), readOnly: false);
        var completed = connection.Scalar("SELECT count(*) FROM instances WHERE status = 2");
        if (completed != 2 * requests) throw new InvalidOperationException($"The store holds {completed:#,0} instances, and should hold {2 * requests:#,0}.");
    }

    private static async Task LeaveRunningAsync(string folder, int running, CancellationToken cancellationToken)
    {
        await using var engine = await WatchedEngine.StartAsync(new NoOpFlow(RecoveryProcess.FirstCheck).Catalog, folder);
        await Task.WhenAll(Enumerable.Range(0, running).Select(_ => NoOpFlow.StartAsync(engine.Client)));
        await engine.UntilAsync(() => Task.FromResult(engine.CountTimers() == running), cancellationToken);
    }
}

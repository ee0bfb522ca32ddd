using System.Diagnostics;
using Reel.Benchmarks.Calls;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.Submit;

/// <summary>
/// How long a submit takes until its answer, which is durable by then, at 300 a second, whether earlier ones are answered or not: without and with an
/// Idempotency-Key, each through a desk of its own with default settings, which goes on with what it has accepted. A server that does nothing is sent the
/// same at the same time at the same rate. Azurite, the emulated provider and the load share the machine with the desk.
/// </summary>
internal sealed class SubmitBenchmark : IBenchmark
{
    private const int Connections = 100;
    private const double PerSecond = 300;
    private const double WarmUpSeconds = 8;
    private const int Seconds = 25;

    public string Name => "submit";

    public string Description => "Submits at 300 a second, durable when they are answered.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken) =>
    [
        .. await MeasureAsync(run, "submit", isKeyed: false, cancellationToken),
        .. await MeasureAsync(run, "submit_with_key", isKeyed: true, cancellationToken),
    ];

    private static async Task<IEnumerable<Figure>> MeasureAsync(BenchmarkRun run, string name, bool isKeyed, CancellationToken cancellationToken)
    {
        var seconds = run.Scaled(Seconds);
        var folder = Directory.CreateDirectory(Path.Combine(run.Folder, name)).FullName;
        await using var around = await Surroundings.StartAsync(folder, speed: 1, cancellationToken);
        var (desk, url) = await around.ServeAsync(cancellationToken);
        await using var running = desk;
        await using var server = await NothingServer.StartAsync();
        using var caller = new ApiClient(url, Connections);
        using var other = new ApiClient(server.Url, Connections);

        run.Say($"{name}: {PerSecond}/s for {WarmUpSeconds} s to warm up and {seconds} s to measure");
        var submits = new ApiProbe(PerSecond, async (number, token) =>
            await caller.SubmitAsync(Prompt(number), null, token, isKeyed ? $"\"take-{number}\"" : null) is not null);
        var nothing = new ApiProbe(PerSecond, async (number, token) => await other.SubmitAsync(Prompt(number), null, token) is not null);
        long start, end;
        double[] cpu;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(WarmUpSeconds), cancellationToken);
            (start, cpu) = (Stopwatch.GetTimestamp(), Cpu());
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
            (end, cpu) = (Stopwatch.GetTimestamp(), [.. Cpu().Zip(cpu, (after, before) => after - before)]);
        }
        finally
        {
            await submits.DisposeAsync();
            await nothing.DisposeAsync();
        }

        var (taken, floor) = (submits.Between(start, end), nothing.Between(start, end));
        run.Say($"{name}: load {Machine.Load:0.00}");
        return
        [
            new($"{name}_p50", taken.Median, "ms", Target.Below(5)),
            new($"{name}_p95", taken.Percentile(95), "ms"),
            new($"{name}_p99", taken.Percentile(99), "ms", Target.Below(25)),
            new($"{name}_most", taken.Most, "ms"),
            new($"{name}_count", taken.Count, ""),
            new($"{name}_failures", submits.Failed, "", Target.Exactly(0)),
            new($"{name}_nothing_p50", floor.Median, "ms"),
            new($"{name}_nothing_p95", floor.Percentile(95), "ms"),
            new($"{name}_nothing_p99", floor.Percentile(99), "ms"),
            new($"{name}_nothing_most", floor.Most, "ms"),
            new($"{name}_cpu_desk", cpu[0] / seconds, "cores"),
            new($"{name}_cpu_azurite", cpu[1] / seconds, "cores"),
            new($"{name}_cpu_emulator", cpu[2] / seconds, "cores"),
            new($"{name}_cpu_load", cpu[3] / seconds, "cores"),
        ];

        double[] Cpu() => [.. new[] { desk.Id, around.AzuriteId, around.EmulatorId, Environment.ProcessId }.Select(ProcFiles.Cpu)];
    }

    private static string Prompt(int number) => $"a lighthouse in a storm, take {number}";
}

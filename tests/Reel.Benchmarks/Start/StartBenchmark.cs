using System.Diagnostics;
using Reel.Benchmarks.Processes;
using Reel.Local.Azurite;

namespace Reel.Benchmarks.Start;

/// <summary>
/// From the start of the process Reel.Local to its first 200, which is that of /healthz and asks the engine: with a storage account that is there, and with
/// an Azurite of its own to start; in an empty data folder, and in one with finished requests. The emulated provider is part of the process, as it is
/// without settings. In turn with these: Azurite alone, and the emulated provider alone, which is another .NET program with a server.
/// </summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const int Rounds = 9;
    private const int Finished = 50;
    private static readonly TimeSpan HistoryLimit = TimeSpan.FromMinutes(5);

    public string Name => "start";

    public string Description => "From the start of the process to the first answer of the API.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var package = await AzuriteInstaller.ForUser(run.Folder).InstallAsync(null, cancellationToken);
        await using var there = await AzuriteServer.StartAsync(package, Path.Combine(run.Folder, "there"), preferredPort: 0, cancellationToken: cancellationToken);
        var (shared, own) = (new StartingDesk(Path.Combine(run.Folder, "shared"), there.ConnectionString), new StartingDesk(Path.Combine(run.Folder, "own"), null));
        run.Say($"{Finished} requests each, for the histories");
        await shared.FillAsync(run.Scaled(Finished), HistoryLimit, cancellationToken);
        await own.FillAsync(run.Scaled(Finished), HistoryLimit, cancellationToken);

        (string Name, Func<string, Task<StartTime>> Start)[] kinds =
        [
            ("storage_there_empty", folder => (shared with { DataFolder = folder }).StartAsync(cancellationToken)),
            ("storage_there_history", _ => shared.StartAsync(cancellationToken)),
            ("own_azurite_empty", folder => (own with { DataFolder = folder }).StartAsync(cancellationToken)),
            ("own_azurite_history", _ => own.StartAsync(cancellationToken)),
            ("azurite_alone", folder => AzuriteAloneAsync(package, folder, cancellationToken)),
            ("emulator_alone", folder => EmulatorAloneAsync(folder, cancellationToken)),
        ];
        var times = kinds.ToDictionary(kind => kind.Name, _ => new List<StartTime>());
        // One round more, for the files to be in memory.
        for (var round = 0; round <= run.Scaled(Rounds); round++)
        {
            foreach (var (name, start) in kinds)
            {
                var folder = Path.Combine(run.Folder, $"{name}-{round}");
                var time = await start(folder);
                if (round > 0) times[name].Add(time);
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }

            run.Say($"round {round}: {string.Join(", ", times.Where(kind => kind.Value.Count > 0).Select(kind => $"{kind.Value[^1].Milliseconds:0}"))} ms; load {Machine.Load:0.00}");
        }

        return
        [
            .. kinds.Select(kind => new Figure(
                kind.Name, new Sample(times[kind.Name].Select(time => time.Milliseconds)).Median, "ms", kind.Name.EndsWith("alone", StringComparison.Ordinal) ? null : Target.Below(1_000))),
            .. kinds.Select(kind => new Figure($"{kind.Name}_cpu", new Sample(times[kind.Name].Select(time => time.Cpu * 1_000)).Median, "ms")),
        ];
    }

    private static async Task<StartTime> AzuriteAloneAsync(string package, string folder, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var azurite = await AzuriteServer.StartAsync(package, folder, preferredPort: 0, cancellationToken: cancellationToken);
        return new StartTime(watch.Elapsed.TotalMilliseconds, ProcFiles.Cpu(azurite.ProcessId));
    }

    private static async Task<StartTime> EmulatorAloneAsync(string folder, CancellationToken cancellationToken)
    {
        string[] arguments = ["--urls", "http://127.0.0.1:0", "--data", folder];
        var watch = Stopwatch.StartNew();
        var (process, _) = await ChildProcess.StartAsync("Reel.Emulator", arguments, new Dictionary<string, string?>(), cancellationToken);
        await using var running = process;
        return new StartTime(watch.Elapsed.TotalMilliseconds, ProcFiles.Cpu(process.Id));
    }
}

/// <summary>How long a start took.</summary>
/// <param name="Cpu">Seconds of processor time of the process until then; children's are not in it.</param>
internal sealed record StartTime(double Milliseconds, double Cpu);

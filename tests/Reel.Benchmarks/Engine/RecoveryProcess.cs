using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Reel.Benchmarks.Processes;
using Reel.Generations;

namespace Reel.Benchmarks.Engine;

/// <summary>Opens a store in a process of its own, which has run nothing before, as after a crash.</summary>
internal static class RecoveryProcess
{
    /// <summary>When the requests that are left running are looked at; seconds after their submit.</summary>
    public const double FirstCheck = 3_600;

    private const string CommandName = "recover";

    /// <summary>What the process is started with. It says its <see cref="Recovery"/> as a line of JSON.</summary>
    public static Command Command
    {
        get
        {
            var folder = new Argument<string>("folder");
            var running = new Argument<int>("running");
            var command = new Command(CommandName) { Hidden = true, Arguments = { folder, running } };
            command.SetAction(async (arguments, cancellationToken) => Console.WriteLine(JsonSerializer.Serialize(
                await RecoverAsync(arguments.GetRequiredValue(folder), arguments.GetRequiredValue(running), cancellationToken))));
            return command;
        }
    }

    /// <summary>Opens a store whose running requests wait for the hour to pass, two hours later, and runs them to their end.</summary>
    public static async Task<Recovery> RunAsync(string folder, int running, CancellationToken cancellationToken)
    {
        var name = typeof(RecoveryProcess).Assembly.GetName().Name!;
        var (process, line) = await ChildProcess.StartAsync(name, [CommandName, folder, $"{running}"], new Dictionary<string, string?>(), cancellationToken);
        await process.DisposeAsync();
        return JsonSerializer.Deserialize<Recovery>(line)!;
    }

    private static async Task<Recovery> RecoverAsync(string folder, int running, CancellationToken cancellationToken)
    {
        var flow = new NoOpFlow(FirstCheck);
        var rss = ProcFiles.Rss(Environment.ProcessId);
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await using var engine = await WatchedEngine.StartAsync(flow.Catalog, folder, new LaterTime(TimeSpan.FromHours(2)));

        // It takes a start, durably, and answers.
        var id = InstanceIds.Of(NoOpFlow.Caller, await NoOpFlow.StartAsync(engine.Client));
        _ = await engine.Client.GetAsync(id, cancellationToken);
        var open = Stopwatch.GetElapsedTime(begun);

        // An activity begins when the turn that asks for it is durable.
        await engine.UntilAsync(() => Task.FromResult(flow.Checks >= running), cancellationToken);
        var recovery = new Recovery(
            open.TotalMilliseconds,
            Stopwatch.GetElapsedTime(begun).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds,
            rss,
            ProcFiles.PeakRss(Environment.ProcessId));

        // The next run begins with others.
        await engine.Client.TerminateAsync(id, "The run is over.", cancellationToken);
        await engine.UntilAllAreOverAsync("", cancellationToken);
        return recovery;
    }
}

/// <summary>How a store was opened.</summary>
/// <param name="OpenMs">Until a start was durable and a question answered; milliseconds.</param>
/// <param name="GoneOnMs">Until all had taken their next step; milliseconds.</param>
/// <param name="CpuMs">Processor time for that.</param>
/// <param name="RssBefore">Of the process; MiB.</param>
/// <param name="RssMost">Until all had gone on; MiB.</param>
internal sealed record Recovery(double OpenMs, double GoneOnMs, double CpuMs, double RssBefore, double RssMost);

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.Saving;

/// <summary>
/// One copy from a server to blob storage, in a process of its own, so that nothing else is in its memory. A video of 64 KiB goes before it, for the code
/// and the connections; what the process has in RAM after that is idle.
/// </summary>
internal static class CopyCommand
{
    public const string Name = "copy";

    private const int SmallLength = 64 << 10;

    public static Command Create()
    {
        var way = new Argument<CopyWay>("way");
        var storage = new Argument<string>("storage") { Description = "A connection string." };
        var origin = new Argument<string>("origin");
        var length = new Argument<long>("length");
        var command = new Command(Name, "Copies one video and says how it went; for the benchmark of saving.") { way, storage, origin, length };
        command.Hidden = true;
        command.SetAction(async (arguments, cancellationToken) =>
        {
            using ICopy copy = arguments.GetRequiredValue(way) switch
            {
                CopyWay.Save => new SavingCopy(arguments.GetRequiredValue(storage)),
                var plain => new PlainCopy(arguments.GetRequiredValue(storage), withMd5: plain == CopyWay.PlainWithMd5),
            };
            var from = new Uri(arguments.GetRequiredValue(origin));
            await copy.RunAsync(VideoServer.UrlOf(from, SmallLength), SmallLength, cancellationToken);
            var video = arguments.GetRequiredValue(length);
            var measure = await MeasureAsync(() => copy.RunAsync(VideoServer.UrlOf(from, video), video, cancellationToken));
            Console.WriteLine(JsonSerializer.Serialize(measure));
        });
        return command;
    }

    private static async Task<CopyMeasure> MeasureAsync(Func<Task> copy)
    {
        ProcFiles.ForgetPeakRss();
        var (idle, cpu) = (ProcFiles.Rss(Environment.ProcessId), Environment.CpuUsage.TotalTime);
        var watch = Stopwatch.StartNew();
        await copy();
        return new CopyMeasure(
            watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, idle, ProcFiles.PeakRss(Environment.ProcessId));
    }
}

/// <summary>How one copy went.</summary>
/// <param name="Cpu">Seconds of processor time, of the copying process.</param>
/// <param name="IdleRss">MiB before.</param>
/// <param name="PeakRss">MiB, the most meanwhile.</param>
internal sealed record CopyMeasure(double Seconds, double Cpu, double IdleRss, double PeakRss);

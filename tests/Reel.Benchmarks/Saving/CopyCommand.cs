using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reel.Benchmarks.Processes;

namespace Reel.Benchmarks.Saving;

/// <summary>
/// One copy from a server to blob storage, in a process of its own, so that nothing else is in its memory. A video of 64 KiB goes before it; what the
/// process has in RAM after that is idle. Then comes one of 10 MB that is not timed either: whoever saves a video has saved others before.
/// </summary>
internal static class CopyCommand
{
    public const string Name = "copy";

    private const long SmallLength = 64 << 10;
    private const long WarmUpLength = 10_000_000;

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
            var measure = await MeasureAsync(bytes => copy.RunAsync(VideoServer.UrlOf(from, bytes), bytes, cancellationToken), arguments.GetRequiredValue(length));
            Console.WriteLine(measure.Write());
        });
        return command;
    }

    private static async Task<CopyMeasure> MeasureAsync(Func<long, Task> copy, long length)
    {
        await copy(SmallLength);
        var idle = ProcFiles.Rss(Environment.ProcessId);
        ProcFiles.ForgetPeakRss();
        await copy(WarmUpLength);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await copy(length);
        return new CopyMeasure(
            watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, idle, ProcFiles.PeakRss(Environment.ProcessId));
    }
}

/// <summary>How one copy went.</summary>
/// <param name="Cpu">Seconds of processor time, of the copying process.</param>
/// <param name="IdleRss">MiB before anything but a small one was copied.</param>
/// <param name="PeakRss">MiB, the most since.</param>
internal sealed record CopyMeasure(double Seconds, double Cpu, double IdleRss, double PeakRss)
{
    // Where the system does not say, a figure is NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static CopyMeasure Read(string line) => JsonSerializer.Deserialize<CopyMeasure>(line, Json)!;

    public string Write() => JsonSerializer.Serialize(this, Json);
}

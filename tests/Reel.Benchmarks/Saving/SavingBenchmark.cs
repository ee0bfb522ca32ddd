using Azure.Storage.Blobs;
using Reel.Benchmarks.Processes;
using Reel.Local.Azurite;

namespace Reel.Benchmarks.Saving;

/// <summary>
/// Saves videos from a server on this machine into Azurite, each in a process of its own, and in turn with that makes plain copies of the same video. Azurite is
/// a new one for each round, so that none pays for what others left in it.
/// </summary>
internal sealed class SavingBenchmark : IBenchmark
{
    private const int WarmUpBlocks = 16;
    private static readonly CopyWay[] Ways = Enum.GetValues<CopyWay>();
    private static readonly (string Name, long Length, int Rounds)[] Videos = [("10mb", 10_000_000, 9), ("100mb", 100_000_000, 9), ("1gb", 1_000_000_000, 3)];
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(10);

    public string Name => "saving";

    public string Description => "Saving videos of 10 MB, 100 MB and 1 GB, beside a plain copy from HttpClient to a blob.";

    public async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var package = await AzuriteInstaller.ForUser(run.Folder).InstallAsync(null, cancellationToken);
        await using var server = await VideoServer.StartAsync();
        var figures = new List<Figure>();
        foreach (var (name, length, rounds) in Videos)
        {
            var copies = Ways.ToDictionary(way => way, _ => new List<Copied>());
            for (var round = 0; round < run.Scaled(rounds); round++)
            {
                var folder = Path.Combine(run.Folder, "azurite");
                await using (var azurite = await AzuriteServer.StartAsync(package, folder, preferredPort: 0, cancellationToken: cancellationToken))
                {
                    await WarmUpAsync(azurite, cancellationToken);
                    // Each way is the first as often as any other.
                    for (var turn = 0; turn < Ways.Length; turn++)
                    {
                        var way = Ways[(round + turn) % Ways.Length];
                        copies[way].Add(await CopyAsync(way, azurite, server, length, cancellationToken));
                    }
                }

                Directory.Delete(folder, recursive: true);
                run.Say($"{name}: {string.Join(", ", copies.Select(way => $"{way.Key} {way.Value[^1].Speed:0}"))} MB/s; load {Machine.Load:0.00}");
            }

            figures.AddRange(Tell(name, copies[CopyWay.Save], copies[CopyWay.Plain], copies[CopyWay.PlainWithMd5]));
        }

        return figures;
    }

    private static IEnumerable<Figure> Tell(string name, List<Copied> saves, List<Copied> plains, List<Copied> plainsWithMd5)
    {
        static double Median(IEnumerable<Copied> copies, Func<Copied, double> value) => new Sample(copies.Select(value)).Median;
        double Ratio(List<Copied> others) => new Sample(saves.Zip(others, (save, other) => save.Speed / other.Speed)).Median;
        return
        [
            new($"{name}_save", Median(saves, save => save.Speed), "MB/s"),
            new($"{name}_plain", Median(plains, plain => plain.Speed), "MB/s"),
            new($"{name}_plain_with_md5", Median(plainsWithMd5, plain => plain.Speed), "MB/s"),
            new($"{name}_ratio", Ratio(plains), "", Target.AtLeast(0.8)),
            new($"{name}_ratio_with_md5", Ratio(plainsWithMd5), "", Target.AtLeast(0.8)),
            new($"{name}_memory", saves.Max(save => save.By.PeakRss - save.By.IdleRss), "MiB", Target.Below(64)),
            new($"{name}_memory_idle", Median(saves, save => save.By.IdleRss), "MiB"),
            new($"{name}_memory_plain", plains.Max(plain => plain.By.PeakRss - plain.By.IdleRss), "MiB"),
            new($"{name}_cpu_save", Median(saves, save => save.By.Cpu), "s"),
            new($"{name}_cpu_plain", Median(plains, plain => plain.By.Cpu), "s"),
            new($"{name}_cpu_plain_with_md5", Median(plainsWithMd5, plain => plain.By.Cpu), "s"),
            new($"{name}_cpu_azurite_save", Median(saves, save => save.AzuriteCpu), "s"),
            new($"{name}_cpu_azurite_plain", Median(plains, plain => plain.AzuriteCpu), "s"),
            new($"{name}_cpu_azurite_plain_with_md5", Median(plainsWithMd5, plain => plain.AzuriteCpu), "s"),
        ];
    }

    private static async Task<Copied> CopyAsync(CopyWay way, AzuriteServer azurite, VideoServer server, long length, CancellationToken cancellationToken)
    {
        var before = ProcFiles.Cpu(azurite.ProcessId);
        string[] arguments = [CopyCommand.Name, $"{way}", azurite.ConnectionString, server.Origin.AbsoluteUri, $"{length}"];
        var (process, line) = await ChildProcess.StartAsync("Reel.Benchmarks", arguments, new Dictionary<string, string?>(), cancellationToken, CopyLimit);
        await using var ended = process;
        return new Copied(length, CopyMeasure.Read(line), ProcFiles.Cpu(azurite.ProcessId) - before);
    }

    /// <summary>A few blocks, so that the first copy does not wait for Azurite's code to be compiled.</summary>
    private static async Task WarmUpAsync(AzuriteServer azurite, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "warm-up");
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        for (var block = 0; block < WarmUpBlocks; block++)
            await container.GetBlobClient($"{block}").UploadAsync(new BinaryData(new byte[1 << 20]), cancellationToken);
    }

    /// <param name="AzuriteCpu">Seconds of processor time, with what went before the one that is timed.</param>
    private sealed record Copied(long Length, CopyMeasure By, double AzuriteCpu)
    {
        /// <summary>MB/s.</summary>
        public double Speed => Length / By.Seconds / 1e6;
    }
}

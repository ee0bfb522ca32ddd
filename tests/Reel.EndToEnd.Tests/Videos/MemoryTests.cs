using System.Diagnostics;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;
using Xunit.Abstractions;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>Runs alone, so that what other tests allocate is not counted.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTestsRunAlone;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const long Length = 1L << 30;
    private const long Allowed = 64L << 20;

    /// <summary>
    /// Samples the resident set and the managed heap of this very process, 50 times a second, from before the download to its end. The server
    /// that sends the gigabyte runs in it too, from one buffer of 1 MiB; Azurite does not.
    /// </summary>
    [Fact]
    public async Task Saving_a_gigabyte_raises_memory_by_less_than_64_MiB()
    {
        var chunk = Samples.Mp4(Samples.MiB);
        long length = Samples.MiB;
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.HeadAsync($"Content-Length: {length}\r\n");
            for (var sent = 0L; sent < length; sent += chunk.Length) await connection.WriteAsync(chunk);
        });
        using var test = new TestStore(azurite.ConnectionString);
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url, length, "small.mp4")); // code and connections, once
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        length = Length;
        var (resident, managed) = (Environment.WorkingSet, GC.GetTotalMemory(false));
        var (residentPeak, managedPeak) = (resident, managed);
        using var stop = new CancellationTokenSource();
        var sampling = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync())
            {
                residentPeak = Math.Max(residentPeak, Environment.WorkingSet);
                managedPeak = Math.Max(managedPeak, GC.GetTotalMemory(false));
            }
        });
        var watch = Stopwatch.StartNew();
        var outcome = await test.SaveAsync(server.Url, Length);
        watch.Stop();
        await stop.CancelAsync();
        await sampling;
        await test.Container.DeleteAsync();

        output.WriteLine($"{Length / watch.Elapsed.TotalSeconds / 1e6:0} MB/s; resident +{(residentPeak - resident) >> 20} MiB, managed +{(managedPeak - managed) >> 20} MiB");
        Assert.Equal(Length, Assert.IsType<SaveOutcome.Saved>(outcome).Video.Length);
        Assert.InRange(residentPeak - resident, 0, Allowed);
        Assert.InRange(managedPeak - managed, 0, Allowed);
    }
}

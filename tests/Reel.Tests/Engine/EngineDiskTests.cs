using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

/// <summary>What SQLite itself says when the disk is full or read-only and when the file is damaged, for root as for everybody.</summary>
public sealed class EngineDiskTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly ActivityName<string, string> Act = new("Act");

    private static readonly string Big = new('x', 50_000);

    // Needs more pages than the file has to spare, also once the inputs of finished activities are deleted.
    private static readonly string TooBig = new('x', 2_000_000);

    private static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Main, async (context, input) => await context.CallAsync(Act, input) + await context.WaitForEvent<string>("go"))
        .Add(Act, input => input.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "the disk is full")] // It is never less than there are.
    [InlineData("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "the disk or the data folder is read-only")]
    public async Task A_disk_that_takes_nothing_is_told_to_callers_reads_go_on_and_afterwards_all_completes(string begin, string end, string cause)
    {
        var time = new ManualTime();
        string? pragma = null;
        await using var host = await EngineHost.StartAsync(Catalog(), time: time, configure: options => options.Faults.BeforeBegin = connection =>
        {
            if (Interlocked.Exchange(ref pragma, null) is { } sql) connection.Execute(sql);
        });
        for (var i = 0; i < 10; i++) await host.Client.StartAsync(Main, $"before{i}", Big);

        Volatile.Write(ref pragma, begin);
        for (var i = 0; i < 10; i++)
        {
            var error = await Assert.ThrowsAsync<EngineStoreException>(() => host.Client.StartAsync(Main, $"during{i}", TooBig));
            Assert.Equal((cause, true, false), (error.Cause, error.MayPass, error.MayHaveHappened));
            Assert.Equal(Big.Length + 2, (await host.Client.GetAsync($"before{i}"))!.Input!.Length);
        }

        Assert.Equal(10, (await host.Client.ListAsync(new OrchestrationQuery(""))).Instances.Count);
        Volatile.Write(ref pragma, end);

        // The same engine goes on.
        for (var i = 0; i < 10; i++)
        {
            await host.Client.RaiseEventAsync($"before{i}", "go", "y");
            await Until.TrueAsync(async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return (await host.Client.GetAsync($"before{i}"))!.Output == $"\"{Big.Length}y\"";
            });
            Assert.Null(await host.Client.GetAsync($"during{i}"));
        }
    }

    [Fact]
    public async Task A_file_that_is_damaged_under_a_running_engine_is_named_and_not_written_to_any_more()
    {
        using var folder = new TempFolder();
        await using (var first = await EngineHost.StartAsync(Catalog(), folder.Path))
            await first.Client.StartAsync(Main, "before", Big);
        byte[] damaged;
        await using (var host = await EngineHost.StartAsync(Catalog(), folder.Path, configure: options =>
            // Or it would know the pages by heart.
            options.Faults.BeforeBegin = connection => connection.Execute("PRAGMA shrink_memory")))
        {
            damaged = await File.ReadAllBytesAsync(folder.Database);
            damaged.AsSpan(4_096).Fill(0xA5);
            await using (var file = new FileStream(folder.Database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) await file.WriteAsync(damaged);

            for (var i = 0; i < 3; i++)
            {
                var error = await Assert.ThrowsAsync<EngineStoreException>(() => host.Client.StartAsync(Main, "during", ""));
                Assert.Contains($"'{folder.Database}' is damaged", error.Message, StringComparison.Ordinal);
                Assert.Equal(("its file is damaged", false), (error.Cause, error.MayPass));
            }
        }

        Assert.Equal(damaged, await File.ReadAllBytesAsync(folder.Database));
        await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));
    }
}

using System.Text;
using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

public sealed class EngineStoreTests
{
    private static readonly OrchestrationName<string, string> Main = new("Main");
    private static readonly ActivityName<string, string> Act = new("Act");

    private static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Main, async (context, input) => await context.CallAsync(Act, input) + await context.WaitForEvent<string>("go"))
        .Add(Act, input => input);

    [Fact]
    public async Task While_the_disk_is_full_callers_are_told_and_afterwards_nothing_is_lost()
    {
        var time = new ManualTime();
        var isFull = false;
        var refused = 0;
        await using var host = await EngineHost.StartAsync(Catalog(), time: time, configure: options => options.Faults.BeforeCommit = () =>
        {
            if (!isFull) return;
            Interlocked.Increment(ref refused);
            throw new EngineStoreException("The disk is full.");
        });
        // An activity that ends while the disk is full: its result waits in memory, and in its row.
        for (var i = 0; i < 20; i++)
        {
            await host.Client.StartAsync(Main, $"run{i}", "x");
            await host.Client.RaiseEventAsync($"run{i}", "go", "y");
            isFull = i % 2 == 1;
            if (!isFull) continue;
            await Assert.ThrowsAsync<EngineStoreException>(() => host.Client.StartAsync(Main, "never", ""));
            await Assert.ThrowsAsync<EngineStoreException>(() => host.Client.RaiseEventAsync("run0", "go", ""));
            await Assert.ThrowsAsync<EngineStoreException>(() => host.Client.TerminateAsync("run0", ""));
            Assert.Null(await host.Client.GetAsync("never"));
            isFull = false;
        }

        for (var i = 0; i < 20; i++)
        {
            await Until.TrueAsync(async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return (await host.Client.GetAsync($"run{i}"))!.Status == RuntimeStatus.Completed;
            });
        }

        Assert.True(refused >= 30);
        Assert.Equal("\"xy\"", (await host.Client.GetAsync("run19"))!.Output);
    }

    [Fact]
    public async Task A_turn_that_cannot_be_written_now_is_made_again()
    {
        var time = new ManualTime();
        var failures = 0;
        await using var host = await EngineHost.StartAsync(Catalog(), time: time, configure: options => options.Faults.BeforeCommit = () =>
        {
            if (failures is > 0 and < 4)
            {
                failures++;
                throw new EngineStoreException("The disk is full.");
            }
        });
        await host.Client.StartAsync(Main, "one", "x");
        await host.Engine.Core.Mailboxes.IdleAsync();
        await Until.TrueAsync(() => host.Engine.Core.Reader.Read(reads => reads.Unfinished()).Activities.Count == 0);
        failures = 1;
        host.Engine.Core.Mailboxes.Post(1, new(-1, new(Local.Engine.History.InboundKind.EventRaised, Name: "go", Data: "\"y\"")));

        await Until.TrueAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return (await host.Client.GetAsync("one"))!.Status == RuntimeStatus.Completed;
        });
        Assert.Equal(4, failures);
    }

    [Fact]
    public async Task A_single_write_that_the_file_refuses_fails_its_instance_and_no_other()
    {
        var refuse = false;
        await using var host = await EngineHost.StartAsync(Catalog(), configure: options => options.Faults.BeforeCommit = () =>
        {
            if (!refuse) return;
            refuse = false;
            throw new EngineStoreException("Too big.", isAboutTheStore: false);
        });
        await host.Client.StartAsync(Main, "one", "x");
        await Until.TrueAsync(() => host.Engine.Core.Reader.Read(reads => reads.Unfinished()).Activities.Count == 0);
        refuse = true;
        host.Engine.Core.Mailboxes.Post(1, new(-1, new(Local.Engine.History.InboundKind.EventRaised, Name: "go", Data: "\"y\"")));

        Assert.Equal("A turn could not be stored: Too big.", (await host.FinishedAsync("one")).Failure);
        await host.Client.StartAsync(Main, "two", "x");
        await host.Client.RaiseEventAsync("two", "go", "y");
        Assert.Equal(RuntimeStatus.Completed, (await host.FinishedAsync("two")).Status);
    }

    [Fact]
    public async Task A_folder_belongs_to_one_engine_at_a_time()
    {
        using var folder = new TempFolder();
        await using (await EngineHost.StartAsync(Catalog(), folder.Path))
        {
            var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));
            Assert.Contains("is in use: another process holds", error.Message, StringComparison.Ordinal);
            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        }

        await using var next = await EngineHost.StartAsync(Catalog(), folder.Path);
        Assert.Null(await next.Client.GetAsync("one"));
    }

    public static readonly TheoryData<string> Damages = ["text", "header", "middle", "truncated"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_file_is_named_and_left_as_it_is(string damage)
    {
        using var folder = new TempFolder();
        await using (var host = await EngineHost.StartAsync(Catalog(), folder.Path))
            await Parallel.ForAsync(0, 300, async (i, token) => await host.Client.StartAsync(Main, $"run{i}", new string('x', 500), token));
        var bytes = await File.ReadAllBytesAsync(folder.Database);
        switch (damage)
        {
            case "text":
                bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("not a database ", 1_000)));
                break;
            case "header":
                bytes.AsSpan(0, 100).Fill(0xFF);
                break;
            case "middle":
                bytes.AsSpan(bytes.Length / 2, 8_192).Fill(0xA5);
                break;
            default:
                bytes = bytes[..(bytes.Length / 2)];
                break;
        }

        await File.WriteAllBytesAsync(folder.Database, bytes);

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));

        Assert.Contains($"'{folder.Database}' is damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.Database));
    }

    [Theory]
    [InlineData("PRAGMA application_id = 7", "is another program's SQLite database")]
    [InlineData("PRAGMA user_version = 99", "has schema version 99; this program knows 1")]
    public async Task Somebody_elses_file_and_a_newer_one_are_refused(string change, string expected)
    {
        using var folder = new TempFolder();
        await (await EngineHost.StartAsync(Catalog(), folder.Path)).DisposeAsync();
        using (var connection = StoreConnection.Open(folder.Database, readOnly: false)) connection.Execute(change);

        var error = await Assert.ThrowsAsync<EngineStoreException>(() => EngineHost.StartAsync(Catalog(), folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_lists_by_prefix_status_and_time_in_order_and_stays_stable_under_inserts()
    {
        var time = new ManualTime();
        await using var host = await EngineHost.StartAsync(Catalog(), time: time);
        foreach (var i in Enumerable.Range(0, 50).Reverse())
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await host.Client.StartAsync(Main, $"a:{i:D2}", "");
            await host.Client.StartAsync(Main, $"b:{i:D2}", "");
        }

        Assert.True(await host.Client.TerminateAsync("a:07", ""));
        List<string> seen = [];
        var query = new OrchestrationQuery("a:", PageSize: 7);
        var late = 0;
        do
        {
            var page = await host.Client.ListAsync(query);
            Assert.InRange(page.Instances.Count, 1, 7);
            seen.AddRange(page.Instances.Select(instance => instance.InstanceId));
            query = query with { ContinuationToken = page.ContinuationToken };
            // Before what was seen, so it must not show up nor push anything out.
            await host.Client.StartAsync(Main, $"a:!{late++}", "");
        }
        while (query.ContinuationToken is not null);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"a:{i:D2}"), seen);
        Assert.Equal(["a:07"], await Ids(new OrchestrationQuery("", [RuntimeStatus.Terminated, RuntimeStatus.Failed])));
        var newest = (await host.Client.GetAsync("a:00"))!.CreatedAt;
        Assert.Equal(["b:01"], await Ids(new OrchestrationQuery("b:", CreatedFrom: newest.AddSeconds(-1), CreatedTo: newest)));
        Assert.Empty(await Ids(new OrchestrationQuery("c")));
        Assert.Empty(await Ids(new OrchestrationQuery("a:", [])));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ListAsync(new OrchestrationQuery("", ContinuationToken: "%")));

        async Task<IEnumerable<string>> Ids(OrchestrationQuery asked) =>
            (await host.Client.ListAsync(asked)).Instances.Select(instance => instance.InstanceId);
    }
}

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
    public async Task A_turn_for_which_memory_ran_out_is_made_again()
    {
        var time = new ManualTime();
        var refuse = false;
        await using var host = await EngineHost.StartAsync(Catalog(), time: time, configure: options => options.Faults.BeforeCommit = () =>
        {
            if (!refuse) return;
            refuse = false;
            throw new InsufficientMemoryException();
        });
        await host.Client.StartAsync(Main, "one", "x");
        await Until.TrueAsync(() => host.Engine.Core.Reader.Read(reads => reads.Unfinished()).Activities.Count == 0);
        refuse = true;
        host.Engine.Core.Mailboxes.Post(1, new(-1, new(Local.Engine.History.InboundKind.EventRaised, Name: "go", Data: "\"y\"")));

        await Until.TrueAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return (await host.Client.GetAsync("one"))!.Status >= RuntimeStatus.Completed;
        });
        Assert.Equal("\"xy\"", (await host.Client.GetAsync("one"))!.Output);
    }

    [Fact]
    public void A_value_that_cannot_be_bound_does_not_spoil_the_statement_and_is_no_fault_of_the_instance()
    {
        using var folder = new TempFolder();
        using var connection = StoreConnection.Open(folder.Database, readOnly: false);
        var statement = connection.Prepare("SELECT ?");

        var error = Assert.Throws<EngineStoreException>(() => statement.With(1L).With(2L));

        Assert.True(error.IsAboutTheStore);
        Assert.True(statement.With(3L).Step());
        Assert.Equal(3, statement.Long(0));
    }

    [Fact]
    public void A_statement_that_was_broken_off_in_the_middle_can_be_used_again()
    {
        using var folder = new TempFolder();
        using var connection = StoreConnection.Open(folder.Database, readOnly: false);
        var statement = connection.Prepare("SELECT ?");
        Assert.True(statement.With(1L).Step());

        connection.Reset();

        Assert.True(statement.With(2L).Step());
        Assert.Equal(2, statement.Long(0));
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

        // A token that was made up, or comes from another list, must not open what the prefix closes.
        var others = (await host.Client.ListAsync(new OrchestrationQuery("a:", PageSize: 1))).ContinuationToken;
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ListAsync(new OrchestrationQuery("b:", ContinuationToken: others)));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ListAsync(new OrchestrationQuery("", ContinuationToken: "%")));

        async Task<IEnumerable<string>> Ids(OrchestrationQuery asked) =>
            (await host.Client.ListAsync(asked)).Instances.Select(instance => instance.InstanceId);
    }
}

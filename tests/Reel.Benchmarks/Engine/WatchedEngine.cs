using Microsoft.Extensions.DependencyInjection;
using Reel.Local.Engine;
using Reel.Local.Serve;
using Reel.Orchestration;

namespace Reel.Benchmarks.Engine;

/// <summary>An engine as the desk has it, in this process, that tells whenever something has become durable.</summary>
internal sealed class WatchedEngine : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private TaskCompletionSource next = Signal();
    private int transactions;

    private WatchedEngine(OrchestrationCatalog catalog, string folder, TimeProvider time)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(time);
        collection.AddEmbeddedEngine(catalog, engine =>
        {
            engine.DataFolder = folder;
            engine.Faults.AfterCommit = Committed;
            Desk.LimitActivities(engine);
        });
        services = collection.BuildServiceProvider();
        Client = services.GetRequiredService<IOrchestrationClient>();
    }

    public IOrchestrationClient Client { get; }

    /// <summary>How many there were: each is one flush to disk.</summary>
    public int Transactions => Volatile.Read(ref transactions);

    /// <summary>How many timers are in the file.</summary>
    public int CountTimers() => services.GetRequiredService<EmbeddedEngine>().Core.Reader.Read(reads => reads.Unfinished()).Timers.Count;

    public static async Task<WatchedEngine> StartAsync(OrchestrationCatalog catalog, string folder, TimeProvider? time = null)
    {
        var engine = new WatchedEngine(catalog, folder, time ?? TimeProvider.System);
        await engine.services.GetRequiredService<EmbeddedEngine>().StartAsync(default);
        return engine;
    }

    /// <summary>Looks after every transaction, and ends when it is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = Volatile.Read(ref next).Task;
            if (await condition()) return;
            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends when everything that was started under ids with this prefix is over.</summary>
    public Task UntilAllAreOverAsync(string prefix, CancellationToken cancellationToken)
    {
        var open = new OrchestrationQuery(prefix, [RuntimeStatus.Pending, RuntimeStatus.Running], PageSize: 1);
        return UntilAsync(async () => (await Client.ListAsync(open, cancellationToken)).Instances.Count == 0, cancellationToken);
    }

    /// <exception cref="InvalidOperationException">Fewer have come to a good end.</exception>
    public async Task MustBeCompletedAsync(string prefix, int count, CancellationToken cancellationToken)
    {
        var completed = 0;
        string? next = null;
        do
        {
            var query = new OrchestrationQuery(prefix, [RuntimeStatus.Completed], PageSize: 1_000, ContinuationToken: next);
            var page = await Client.ListAsync(query, cancellationToken);
            completed += page.Instances.Count;
            next = page.ContinuationToken;
        }
        while (next is not null);
        if (completed < count) throw new InvalidOperationException($"{completed:#,0} of {count:#,0} were completed.");
    }

    public async ValueTask DisposeAsync()
    {
        await services.GetRequiredService<EmbeddedEngine>().StopAsync(default);
        await services.DisposeAsync();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // On the writer's thread.
    private void Committed()
    {
        transactions++;
        Interlocked.Exchange(ref next, Signal()).SetResult();
    }
}

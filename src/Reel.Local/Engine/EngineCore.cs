using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reel.Local.Engine.Activities;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Store;
using Reel.Local.Engine.Timers;
using Reel.Local.Engine.Turns;
using Reel.Orchestration;

namespace Reel.Local.Engine;

/// <summary>A running engine: from the opening of its file to the closing.</summary>
internal sealed partial class EngineCore : IDisposable
{
    private readonly EngineOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly FolderLock folder;
    private readonly TurnRunner runner;
    private Task[] workers = [];
    private long unreadTold;

    private EngineCore(
        EngineOptions options, OrchestrationCatalog catalog, IServiceScopeFactory scopes, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options;
        this.time = time;
        logger = loggers.CreateLogger("Reel.Engine");
        folder = FolderLock.Take(options.DataFolder);
        try
        {
            Writer = new StoreWriter(options.File, options.Faults, logger);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        Reader = new StoreReader(options.File);
        Mailboxes = new Mailboxes(time);
        Timers = new TimerQueue(time, Mailboxes);
        Activities = new ActivityDispatcher(catalog, options, scopes, Mailboxes, logger);
        Cache = new HistoryCache(options.HistoryCacheBytes);
        runner = new TurnRunner(catalog, loggers);
    }

    public StoreWriter Writer { get; }

    public StoreReader Reader { get; }

    public Mailboxes Mailboxes { get; }

    public TimerQueue Timers { get; }

    public ActivityDispatcher Activities { get; }

    public HistoryCache Cache { get; }

    public long Now => time.GetUtcNow().UtcTicks;

    /// <exception cref="EngineStoreException">The file is damaged or not the engine's, or another process has the folder.</exception>
    public static EngineCore Start(
        EngineOptions options, OrchestrationCatalog catalog, IServiceScopeFactory scopes, TimeProvider time, ILoggerFactory loggers)
    {
        var engine = new EngineCore(options, catalog, scopes, time, loggers);
        try
        {
            engine.Recover();
        }
        catch
        {
            engine.Dispose();
            throw;
        }

        engine.workers = [.. Enumerable.Range(0, options.MaxConcurrentTurns).Select(_ => Task.Run(engine.WorkAsync))];
        return engine;
    }

    /// <summary>Starts an instance with its first turn, unless the id exists; ends when that is durable.</summary>
    public Task StartInstanceAsync(string id, string name, string input)
    {
        var now = Now;
        var state = new InstanceState(0, id, name, RuntimeStatus.Pending, 0, input, now, now, null);
        var strays = new StrayReport(Mailboxes, 0, 0);
        var commit = new TurnCommit(this, state, runner.Run(state, [], now, strays.Strayed)!, [], strays);
        Writer.Enqueue(commit);
        return commit.Started;
    }

    public void Finished(InstanceState state, TurnOutcome outcome)
    {
        if (outcome.Status == RuntimeStatus.Failed) LogFailed(state.Name, state.Id);
    }

    /// <summary>
    /// Lets nothing begin and tells activities to end; takes their last results in while there is time, so that what was done is not done
    /// again; then closes the file.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Timers.Dispose();
        try
        {
            await StopWorkAsync().WaitAsync(options.StopTimeout, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            LogCutOff();
        }

        Mailboxes.Dispose();
        await Task.WhenAll(workers);
        Dispose();
    }

    public void Dispose()
    {
        Timers.Dispose();
        Mailboxes.Dispose();
        Reader.Dispose();
        Writer.Dispose();
        folder.Dispose();
    }

    private async Task StopWorkAsync()
    {
        await Activities.StopAsync();
        Activities.Dispose();
        await Mailboxes.IdleAsync();
    }

    private void Recover()
    {
        var unfinished = Reader.Read(reads => reads.Unfinished());
        foreach (var instance in unfinished.Starting) Mailboxes.Wake(instance);
        Mailboxes.Post(unfinished.Messages);
        foreach (var call in unfinished.Activities) Activities.Add(call);
        Timers.Add(unfinished.Timers);
        LogRecovered(unfinished.Starting.Count, unfinished.Messages.Count, unfinished.Activities.Count, unfinished.Timers.Count);
    }

    private async Task WorkAsync()
    {
        await foreach (var instance in Mailboxes.Ready.ReadAllAsync())
        {
            Turn(instance);

            // There are as many workers as the thread pool has threads at once: a burst of turns would keep all else in the process waiting for its end.
            await Task.Yield();
        }
    }

    private void Turn(long instance)
    {
        var deliveries = Mailboxes.Take(instance);
        try
        {
            var state = Cache.Take(instance) ?? Reader.Read(reads => reads.Load(instance));
            if (state is null || state.IsFinished)
            {
                Mailboxes.Release(instance);
            }
            else if (runner.Run(state, deliveries, Now, new StrayReport(Mailboxes, instance, state.Execution).Strayed) is { } outcome)
            {
                Writer.Enqueue(new TurnCommit(this, state, outcome, deliveries));
            }
            else
            {
                Forget(deliveries);
                Cache.Put(state);
                Mailboxes.Release(instance);
            }
        }
        catch (EngineStoreException error)
        {
            Tell(instance, error.Message);
            Mailboxes.ReleaseLater(instance, deliveries);
        }
        catch (Exception error)
        {
            LogTurnFailed(instance, error);
            Mailboxes.ReleaseLater(instance, deliveries);
        }
    }

    // It is tried again and again, perhaps by every instance: one line a minute says it.
    private void Tell(long instance, string reason)
    {
        var (now, last) = (Now, Interlocked.Read(ref unreadTold));
        if (now - last >= TimeSpan.TicksPerMinute && Interlocked.CompareExchange(ref unreadTold, now, last) == last) LogUnread(instance, reason);
    }

    /// <summary>Deletes messages that no turn will take in.</summary>
    private void Forget(IEnumerable<Delivery> deliveries)
    {
        foreach (var seq in deliveries.Select(delivery => delivery.Event.Seq).Where(seq => seq > 0))
        {
            _ = Writer.WriteAsync(writes =>
            {
                writes.DeleteMessage(seq);
                return true;
            });
        }
    }

    [LoggerMessage(LogLevel.Information, "Took up {Starting} starts, {Messages} messages, {Activities} activities and {Timers} timers")]
    private partial void LogRecovered(int starting, int messages, int activities, int timers);

    [LoggerMessage(LogLevel.Warning, "Orchestration {Name} failed: instance {Instance}")]
    private partial void LogFailed(string name, string instance);

    [LoggerMessage(LogLevel.Error, "A turn of instance {Key} could not be made; it will be tried again")]
    private partial void LogTurnFailed(long key, Exception error);

    [LoggerMessage(LogLevel.Error, "Instance {Key} could not be read, and perhaps others; they will be tried again: {Reason}")]
    private partial void LogUnread(long key, string reason);

    [LoggerMessage(LogLevel.Warning, "Some activities did not end in time; they run again after the next start")]
    private partial void LogCutOff();
}

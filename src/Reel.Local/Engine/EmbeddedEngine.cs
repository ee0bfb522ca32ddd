using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Local.Engine;

/// <summary>
/// The durable engine of a single machine: orchestrations as event-sourced histories in one SQLite file. Starting it takes up all that was
/// under way; whatever ends the process, nothing that was acknowledged is lost. An instance's own clock never goes back: once this machine's was set
/// back, new timers take as long as was asked for, while one that was running already waits for the time it was set to.
/// </summary>
public sealed class EmbeddedEngine(
    OrchestrationCatalog catalog, IOptions<EngineOptions> options, IServiceScopeFactory scopes, TimeProvider time, ILoggerFactory loggers)
    : IHostedService, IDisposable
{
    private const int PurgedAtOnce = 500;
    private volatile EngineCore? core;

    internal EngineCore Core => core ?? throw new OrchestrationUnavailableException("The engine is not running.");

    /// <summary>Opens the file and takes up what was under way; no history is read for it.</summary>
    /// <exception cref="EngineStoreException">The file is damaged or not the engine's, or another process has the folder.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        core = EngineCore.Start(options.Value, catalog, scopes, time, loggers);
        return Task.CompletedTask;
    }

    /// <summary>Cancels activities, waits for them up to <see cref="EngineOptions.StopTimeout"/> and closes the file.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stopping = core;
        core = null;
        if (stopping is not null) await stopping.StopAsync(cancellationToken);
    }

    /// <summary>Forgets the finished instances that were created before a time, some hundred at once, so that others get in between.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeFinishedAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken = default)
    {
        var purged = 0;
        var last = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var keys = Core.Reader.Read(reads => reads.Finished(last, createdBefore.UtcTicks, PurgedAtOnce));
            if (keys.Count == 0) return purged;
            purged += await Core.Writer.WriteAsync(writes => keys.Count(writes.Purge));
            last = keys[^1];
        }
    }

    /// <summary>Lets the file go, for a host that never stopped it.</summary>
    public void Dispose()
    {
        core?.Dispose();
        core = null;
    }
}

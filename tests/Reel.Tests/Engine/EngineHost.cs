using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Reel.Local.Engine;
using Reel.Orchestration;

namespace Reel.Tests.Engine;

/// <summary>An engine on a folder, registered as a host registers it.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly TempFolder? own;

    private EngineHost(ServiceProvider services, TempFolder? own)
    {
        this.services = services;
        this.own = own;
    }

    public EmbeddedEngine Engine => services.GetRequiredService<EmbeddedEngine>();

    public IOrchestrationClient Client => services.GetRequiredService<IOrchestrationClient>();

    public static async Task<EngineHost> StartAsync(
        OrchestrationCatalog catalog, string? folder = null, TimeProvider? time = null, Action<EngineOptions>? configure = null)
    {
        var own = folder is null ? new TempFolder() : null;
        var collection = new ServiceCollection();
        if (time is not null) collection.AddSingleton(time);
        collection.AddEmbeddedEngine(catalog, options =>
        {
            options.DataFolder = folder ?? own!.Path;
            configure?.Invoke(options);
        });
        var host = new EngineHost(collection.BuildServiceProvider(), own);
        try
        {
            await host.Engine.StartAsync(default);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Starts an instance and waits until it is finished.</summary>
    public async Task<OrchestrationInstance> RunAsync<TIn, TOut>(OrchestrationName<TIn, TOut> name, TIn input, string id = "one")
    {
        await Client.StartAsync(name, id, input);
        return await FinishedAsync(id);
    }

    public Task<OrchestrationInstance> FinishedAsync(string id) => WhenAsync(id, instance => instance.Status >= RuntimeStatus.Completed);

    public async Task<OrchestrationInstance> WhenAsync(string id, Func<OrchestrationInstance, bool> condition)
    {
        OrchestrationInstance? found = null;
        await Until.TrueAsync(async () => (found = await Client.GetAsync(id)) is not null && condition(found), () => $"{id} is {found}");
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.StopAsync(default);
        await services.DisposeAsync();
        own?.Dispose();
    }
}

/// <summary>Polls for a condition, with a deadline that only a failing test reaches.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, Func<string>? state = null) => TrueAsync(() => Task.FromResult(condition()), state);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string>? state = null)
    {
        var begun = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(begun.Elapsed < Deadline, $"waited {Deadline.TotalSeconds} s; {state?.Invoke()}");
            await Task.Delay(5);
        }
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("reel-engine-").FullName;

    public string Database => System.IO.Path.Combine(Path, "engine.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>An activity as a lambda.</summary>
internal sealed class Doing<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> run) : IActivity<TIn, TOut>
{
    public Task<TOut> RunAsync(TIn input, CancellationToken cancellationToken) => run(input, cancellationToken);
}

internal static class CatalogExtensions
{
    public static OrchestrationCatalog Add<TIn, TOut>(this OrchestrationCatalog catalog, ActivityName<TIn, TOut> name, Func<TIn, TOut> run) =>
        catalog.Add(name, (input, _) => Task.FromResult(run(input)));

    public static OrchestrationCatalog Add<TIn, TOut>(
        this OrchestrationCatalog catalog, ActivityName<TIn, TOut> name, Func<TIn, CancellationToken, Task<TOut>> run) =>
        catalog.Add(name, _ => new Doing<TIn, TOut>(run));
}

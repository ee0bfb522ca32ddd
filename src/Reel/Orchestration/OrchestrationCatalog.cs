namespace Reel.Orchestration;

/// <summary>An orchestrator with its types rubbed off, for an engine: JSON in, JSON out.</summary>
public delegate Task<string> RunOrchestrator(IOrchestrationContext context, string input);

/// <summary>An activity with its types rubbed off, for an engine: JSON in, JSON out.</summary>
public delegate Task<string> RunActivity(IServiceProvider services, string input, CancellationToken cancellationToken);

/// <summary>The orchestrations and activities there are, by name. Names are unique, ignoring case.</summary>
public sealed class OrchestrationCatalog
{
    private readonly Dictionary<string, RunOrchestrator> orchestrations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RunActivity> activities = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The orchestrators by name.</summary>
    public IReadOnlyDictionary<string, RunOrchestrator> Orchestrations => orchestrations;

    /// <summary>The activities by name.</summary>
    public IReadOnlyDictionary<string, RunActivity> Activities => activities;

    /// <summary>Adds an orchestrator.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public OrchestrationCatalog Add<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> name, Func<IOrchestrationContext, TInput, Task<TOutput>> run)
    {
        orchestrations.Add(name.Name, async (context, input) =>
            OrchestrationJson.Write(await run(context, OrchestrationJson.Read<TInput>(input)!)));
        return this;
    }

    /// <summary>Adds an activity, resolved from the services for each run.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public OrchestrationCatalog Add<TInput, TOutput>(ActivityName<TInput, TOutput> name, Func<IServiceProvider, IActivity<TInput, TOutput>> resolve)
    {
        activities.Add(name.Name, async (services, input, cancellationToken) =>
            OrchestrationJson.Write(await resolve(services).RunAsync(OrchestrationJson.Read<TInput>(input)!, cancellationToken)));
        return this;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Reel.Orchestration;

namespace Reel.Local.Engine;

/// <summary>Adds the embedded engine to a host.</summary>
public static class EngineServices
{
    /// <summary>
    /// Adds <see cref="EmbeddedEngine"/>, as a hosted service that starts before the server listens, and <see cref="IOrchestrationClient"/>.
    /// Time comes from a registered <see cref="TimeProvider"/>, or else the system's.
    /// </summary>
    public static IServiceCollection AddEmbeddedEngine(
        this IServiceCollection services, OrchestrationCatalog catalog, Action<EngineOptions>? configure = null)
    {
        services.AddOptions<EngineOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations()
            .Validate(
                options => options.MaxConcurrentByActivity.Values.All(limit => limit > 0), "MaxConcurrentByActivity: a limit is 1 or more.")
            .ValidateOnStart();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(catalog);
        services.AddSingleton<EmbeddedEngine>();
        services.AddSingleton<IOrchestrationClient, EmbeddedClient>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedEngine>());
        return services;
    }
}

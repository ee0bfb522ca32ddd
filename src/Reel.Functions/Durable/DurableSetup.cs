using Microsoft.Extensions.DependencyInjection;
using Reel.Orchestration;

namespace Reel.Functions.Durable;

/// <summary>Durable Functions as Reel's engine.</summary>
internal static class DurableSetup
{
    public static IServiceCollection AddDurableFunctions(this IServiceCollection services) => services
        .AddScoped<BoundDurableClient>()
        .AddScoped<IOrchestrationClient, DurableOrchestrationClient>();
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Records;
using Reel.Settings;

namespace Reel.Batches;

/// <summary>What a host lists to have batches.</summary>
public static class BatchSetup
{
    /// <summary>Adds the settings, checked at start, and the services.</summary>
    public static IServiceCollection AddBatches(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings<BatchOptions>(configuration, "Batches")
        .AddSingleton<BatchRecords>()
        .AddSingleton(new RecordRule("batches/", BatchRecords.InstanceOf))
        .AddScoped<BatchStore>()
        .AddScoped<BatchItems>()
        .AddScoped<IWaitingRequests>(provider => provider.GetRequiredService<BatchItems>())
        .AddScoped<UnbegunRequests>()
        .AddTransient<LookAtBatchItemActivity>()
        .AddTransient<CancelBatchItemActivity>();

    /// <summary>Adds the orchestrations and their activities to what an engine can run.</summary>
    public static OrchestrationCatalog AddBatches(this OrchestrationCatalog catalog) => catalog
        .Add(BatchOrchestrations.Batch, BatchOrchestrator.RunAsync)
        .Add(BatchOrchestrations.Lane, BatchLaneOrchestrator.RunAsync)
        .Add(BatchOrchestrations.LookAtItem, services => services.GetRequiredService<LookAtBatchItemActivity>())
        .Add(BatchOrchestrations.CancelItem, services => services.GetRequiredService<CancelBatchItemActivity>());
}

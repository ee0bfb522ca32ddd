using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Reel.Api;
using Reel.Batches;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Records;
using Reel.Segmind;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel;

/// <summary>What a host lists to have Reel.</summary>
public static class ReelServices
{
    /// <summary>All of Reel but the durable engine. Settings are checked when the host starts.</summary>
    public static IServiceCollection AddReel(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSegmind(configuration)
            .AddVideos(configuration)
            .AddRecords(configuration)
            .AddWebhooks(configuration)
            .AddGenerations(configuration)
            .AddBatches(configuration)
            .AddApi(configuration);
    }

    /// <summary>The orchestrations and activities that an engine has to run.</summary>
    public static OrchestrationCatalog CreateCatalog() => new OrchestrationCatalog().AddGenerations().AddBatches().AddWebhooks();
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Orchestration;
using Reel.Records;
using Reel.Segmind;
using Reel.Settings;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>What a host lists to have generations.</summary>
public static class GenerationSetup
{
    /// <summary>Adds the settings, checked at start, and the services.</summary>
    public static IServiceCollection AddGenerations(this IServiceCollection services, IConfiguration configuration)
    {
        return services
            .AddSettings<RequestOptions>(configuration, "Requests")
            .AddSettings<PollingOptions>(configuration, "Polling")
            .AddSingleton<RenderTimes>()
            .AddSingleton<PollPlans>()
            .AddSingleton<RequestFactory>()
            .AddScoped<GenerationStore>()
            .AddScoped<Retention>()
            .AddScoped<RecordSweep>()
            .AddSingleton(new RecordRule("submissions/", RecordSweep.InstanceInName))
            .AddSingleton(new RecordRule("resubmissions/", RecordSweep.InstanceInName))
            .AddSingleton(new RecordRule("idempotency/"))
            .AddSingleton(new RecordRule("usage/"))
            .AddScoped<IdempotencyKeys>()
            .AddScoped<Resubmissions>()
            .AddScoped<Deletion>()
            .AddSingleton<UsageRecords>()
            .AddScoped<UsageScan>()
            .AddSingleton<OpenConnection>(provider => new VideoSourceGuard(
                new Uri(provider.GetRequiredService<IOptions<SegmindOptions>>().Value.BaseUrl), new DestinationGuard(allowPrivateNetworks: false)).ConnectAsync)
            .AddSingleton<Submissions>()
            .AddSingleton<SubmitGate>()
            .AddTransient<SubmitActivity>()
            .AddTransient<WithdrawActivity>()
            .AddTransient<CheckActivity>()
            .AddTransient<SaveVideoActivity>();
    }

    /// <summary>Adds the orchestration and its activities to what an engine can run.</summary>
    public static OrchestrationCatalog AddGenerations(this OrchestrationCatalog catalog) => catalog
        .Add(Orchestrations.Generate, GenerationOrchestrator.RunAsync)
        .Add(Activities.Submit, services => services.GetRequiredService<SubmitActivity>())
        .Add(Activities.Withdraw, services => services.GetRequiredService<WithdrawActivity>())
        .Add(Activities.Check, services => services.GetRequiredService<CheckActivity>())
        .Add(Activities.SaveVideo, services => services.GetRequiredService<SaveVideoActivity>());
}

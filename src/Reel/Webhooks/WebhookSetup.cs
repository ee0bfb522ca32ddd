using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reel.Orchestration;
using Reel.Records;
using Reel.Settings;

namespace Reel.Webhooks;

/// <summary>What a host lists to have webhooks.</summary>
public static class WebhookSetup
{
    /// <summary>
    /// Adds the settings, checked at start, and the services. <see cref="IWebhookContent"/> comes from whoever has events to tell; an
    /// <see cref="AttemptCapacity"/> from a host that has other than the Functions app's.
    /// </summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSettings<WebhookOptions>(configuration, WebhookOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WebhookIntake>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddSingleton(AttemptCapacity.OfFunctions);
        services.TryAddSingleton<AttemptGate>();
        services.TryAddTransient<AttemptWebhookActivity>();
        services.TryAddTransient<StartDeliveryActivity>();
        services.TryAddTransient<SettleDeliveryActivity>();
        services.TryAddTransient<ResendMissedActivity>();
        services.AddRecords(configuration).TryAddSingleton<EndpointRecords>();
        services.TryAddSingleton<MissedEvents>();
        services.TryAddScoped<Deliveries>();
        services.TryAddScoped<WebhookEndpoints>();

        return services
            .AddSingleton(new RecordRule(EndpointRecords.Prefix, IsKept: EndpointRecords.IsPausedAsync))
            .AddSingleton(new RecordRule(MissedEvents.Prefix));
    }

    /// <summary>Adds the orchestrations and their activities to what an engine can run.</summary>
    public static OrchestrationCatalog AddWebhooks(this OrchestrationCatalog catalog) => catalog
        .Add(WebhookDelivery.Name, WebhookDelivery.RunAsync)
        .Add(ResendMissed.Name, ResendMissed.RunAsync)
        .Add(AttemptWebhookActivity.Name, services => services.GetRequiredService<AttemptWebhookActivity>())
        .Add(StartDeliveryActivity.Name, services => services.GetRequiredService<StartDeliveryActivity>())
        .Add(SettleDeliveryActivity.Name, services => services.GetRequiredService<SettleDeliveryActivity>())
        .Add(ResendMissedActivity.Name, services => services.GetRequiredService<ResendMissedActivity>());
}

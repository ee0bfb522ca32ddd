using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reel.Orchestration;
using Reel.Settings;

namespace Reel.Webhooks;

/// <summary>What a host lists to have webhooks.</summary>
public static class WebhookSetup
{
    /// <summary>
    /// Adds the settings, checked at start, and the services. <see cref="IWebhookContent"/> comes from whoever has events to tell.
    /// </summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSettings<WebhookOptions>(configuration, WebhookOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WebhookIntake>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddTransient<AttemptWebhookActivity>();
        services.TryAddTransient<StartDeliveryActivity>();
        return services;
    }

    /// <summary>Adds the delivery and its activity to what an engine can run.</summary>
    public static OrchestrationCatalog AddWebhooks(this OrchestrationCatalog catalog) => catalog
        .Add(WebhookDelivery.Name, WebhookDelivery.RunAsync)
        .Add(AttemptWebhookActivity.Name, services => services.GetRequiredService<AttemptWebhookActivity>())
        .Add(StartDeliveryActivity.Name, services => services.GetRequiredService<StartDeliveryActivity>());
}

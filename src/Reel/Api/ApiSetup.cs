using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Reel.Settings;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>What a host lists to have the API; <see cref="ReelApi.UseReelApi"/> puts it into the pipeline.</summary>
public static class ApiSetup
{
    /// <summary>Adds the settings, checked at start, and the services.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ApiOptions>(configuration, "Api").AddRouting();

        // Set, since its default differs between environments: a binding error is to reach ErrorResponses, which writes the body.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services
            .AddSingleton<Links>()
            .AddSingleton<SubmitEndpoint>()
            .AddSingleton<IWebhookContent, WebhookContent>();
    }
}

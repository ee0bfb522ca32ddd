using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Limits;
using Reel.Page;
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
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiKeysValidator>();
        services.AddSingleton<IValidateOptions<WebhookOptions>, CallerWebhooksValidator>();
        return services
            .AddLimits(provider => provider.GetRequiredService<IOptions<ApiOptions>>().Value.Limits)
            .AddSingleton<Links>()
            .AddSingleton<StartPage>()
            .AddSingleton<RequestIntake>()
            .AddSingleton<BatchIntake>()
            .AddScoped<SubmitEndpoint>()
            .AddScoped<SyncEndpoint>()
            .AddSingleton<ResultAnswers>()
            .AddScoped<EventsEndpoint>()
            .AddScoped<StateWatch>()
            .AddSingleton<ClosedDays>()
            .AddScoped<UsageSums>()
            .AddCrossOrigin()
            .AddScoped<BatchSubmitEndpoint>()
            .AddSingleton<ApiKeys>()
            .AddSingleton<IWebhookContent, WebhookContent>();
    }

    /// <summary>For a host that anyone can reach: without a key the start stops.</summary>
    public static IServiceCollection RequireApiKeys(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().Validate(
            options => options.Keys.Count > 0, "Api__Keys__<name> must be set at least once: here nobody is let in without a key.");
        return services;
    }
}

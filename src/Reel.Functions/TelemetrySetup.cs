using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reel.Functions;

/// <summary>Logs and traces to Application Insights.</summary>
internal static class TelemetrySetup
{
    private const string Provider = "Microsoft.Extensions.Logging.ApplicationInsights.ApplicationInsightsLoggerProvider";

    /// <summary>Alerts go by single log lines, so none is sampled away and none filtered out before the levels in the settings are asked.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services) => services
        .AddApplicationInsightsTelemetryWorkerService()
        .Configure<ApplicationInsightsServiceOptions>(insights => insights.EnableAdaptiveSampling = false)
        .ConfigureFunctionsApplicationInsights()
        .Configure<LoggerFilterOptions>(filters =>
        {
            // By default it lets through nothing below warnings.
            if (filters.Rules.FirstOrDefault(rule => rule.ProviderName == Provider) is { } rule) filters.Rules.Remove(rule);
        });
}

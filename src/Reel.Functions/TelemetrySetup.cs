using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reel.Functions;

/// <summary>Logs and traces to Application Insights.</summary>
internal static class TelemetrySetup
{
    private const string Provider = "Microsoft.Extensions.Logging.ApplicationInsights.ApplicationInsightsLoggerProvider";

    /// <summary>
    /// Reel's own lines at Information and above, none sampled away, since alerts go by single ones; of all others, which tell of every request with its
    /// query, warnings. Calls to provider and storage are not traced: there are dozens for a video.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services) => services
        .AddApplicationInsightsTelemetryWorkerService()
        .Configure<ApplicationInsightsServiceOptions>(insights =>
        {
            insights.EnableAdaptiveSampling = false;
            insights.EnableDependencyTrackingTelemetryModule = false;
        })
        .ConfigureFunctionsApplicationInsights()
        .Configure<LoggerFilterOptions>(filters =>
        {
            // By default it lets through nothing below warnings.
            if (filters.Rules.FirstOrDefault(rule => rule.ProviderName == Provider) is { } rule) filters.Rules.Remove(rule);
        })
        .AddLogging(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Azure", LogLevel.Warning));
}

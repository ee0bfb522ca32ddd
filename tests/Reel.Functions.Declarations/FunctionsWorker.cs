// Declarations of just those types and members of the Functions worker's packages that Reel.Functions uses: same namespaces, names and
// signatures, no behaviour. They stand in where a package feed lacks the real ones (FunctionsPackages=declared), so that Reel.Functions
// compiles and its tests run. They are not the packages, nothing built against them runs on a Functions host, and they are never shipped.
// Checked against the public sources of Microsoft.Azure.Functions.Worker 2.52.0 and its extensions.

using Azure.Core.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder
{
    public class FunctionsApplication
    {
        public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw new NotSupportedException();
    }

    public class FunctionsApplicationBuilder
    {
        internal FunctionsApplicationBuilder()
        {
        }

        public ConfigurationManager Configuration => throw new NotSupportedException();

        public IServiceCollection Services => throw new NotSupportedException();

        public IHost Build() => throw new NotSupportedException();
    }

    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => throw new NotSupportedException();
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    public class WorkerOptions
    {
        public ObjectSerializer? Serializer { get; set; }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public class FunctionAttribute : Attribute
    {
        public FunctionAttribute(string name) => Name = name;

        public string Name { get; }
    }

    public enum AuthorizationLevel
    {
        Anonymous = 0,
        User = 1,
        Function = 2,
        System = 3,
        Admin = 4,
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class HttpTriggerAttribute : Attribute
    {
        public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

        public AuthorizationLevel AuthLevel { get; }

        public string? Route { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class TimerTriggerAttribute : Attribute
    {
        public TimerTriggerAttribute(string schedule) => Schedule = schedule;

        public string Schedule { get; }
    }

    public class TimerInfo
    {
        public bool IsPastDue { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ActivityTriggerAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class OrchestrationTriggerAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class DurableClientAttribute : Attribute;

    public static class FunctionsApplicationInsightsExtensions
    {
        public static IServiceCollection ConfigureFunctionsApplicationInsights(this IServiceCollection services) => throw new NotSupportedException();
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class ApplicationInsightsExtensions
    {
        public static IServiceCollection AddApplicationInsightsTelemetryWorkerService(this IServiceCollection services) => throw new NotSupportedException();
    }
}

namespace Microsoft.ApplicationInsights.WorkerService
{
    public class ApplicationInsightsServiceOptions
    {
        public bool EnableAdaptiveSampling { get; set; } = true;

        public bool EnableDependencyTrackingTelemetryModule { get; set; } = true;
    }
}

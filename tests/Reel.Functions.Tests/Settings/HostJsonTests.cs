using System.Text.Json;
using Reel.Functions.Tests.Infra;
using Reel.Generations;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Settings;

/// <summary>host.json: the host ignores names that it does not know, so a slip would go unnoticed until the day it matters.</summary>
public sealed class HostJsonTests
{
    // Names that exist, from the host's and the Durable extension's sources. A star stands for any name; an object's own line allows it.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "version", "functionTimeout", "extensions", "logging", "telemetryMode", "watchDirectories", "watchFiles", "healthMonitor", "concurrency",
        "extensions.http", "extensions.http.routePrefix", "extensions.http.maxOutstandingRequests", "extensions.http.maxConcurrentRequests",
        "extensions.http.dynamicThrottlesEnabled", "extensions.http.hsts", "extensions.http.customHeaders",
        "extensions.durableTask", "extensions.durableTask.hubName", "extensions.durableTask.storageProvider", "extensions.durableTask.tracing",
        "extensions.durableTask.maxConcurrentActivityFunctions", "extensions.durableTask.maxConcurrentOrchestratorFunctions",
        "extensions.durableTask.maxConcurrentEntityFunctions", "extensions.durableTask.maxOrchestrationActions",
        "extensions.durableTask.useGracefulShutdown", "extensions.durableTask.throwStatusExceptionsOnRaiseEvent",
        "extensions.durableTask.useAppLease", "extensions.durableTask.storeInputsInOrchestrationHistory",
        "extensions.durableTask.maxGrpcMessageSizeInBytes", "extensions.durableTask.grpcHttpClientTimeout",
        "extensions.durableTask.defaultVersion", "extensions.durableTask.versionMatchStrategy", "extensions.durableTask.versionFailureStrategy",
        "extensions.durableTask.storageProvider.type", "extensions.durableTask.storageProvider.connectionName",
        "extensions.durableTask.storageProvider.controlQueueBatchSize", "extensions.durableTask.storageProvider.partitionCount",
        "extensions.durableTask.storageProvider.controlQueueBufferThreshold", "extensions.durableTask.storageProvider.controlQueueVisibilityTimeout",
        "extensions.durableTask.storageProvider.workItemQueueVisibilityTimeout", "extensions.durableTask.storageProvider.trackingStoreConnectionName",
        "extensions.durableTask.storageProvider.trackingStoreNamePrefix", "extensions.durableTask.storageProvider.fetchLargeMessagesAutomatically",
        "extensions.durableTask.storageProvider.maxQueuePollingInterval", "extensions.durableTask.storageProvider.useTablePartitionManagement",
        "extensions.durableTask.storageProvider.useInstanceTableEtag",
        "extensions.durableTask.tracing.traceInputsAndOutputs", "extensions.durableTask.tracing.traceReplayEvents",
        "extensions.durableTask.tracing.distributedTracingEnabled", "extensions.durableTask.tracing.version",
        "logging.fileLoggingMode", "logging.logLevel", "logging.logLevel.*", "logging.console", "logging.console.isEnabled",
        "logging.applicationInsights", "logging.applicationInsights.samplingSettings", "logging.applicationInsights.samplingSettings.isEnabled",
        "logging.applicationInsights.samplingSettings.maxTelemetryItemsPerSecond", "logging.applicationInsights.samplingSettings.excludedTypes",
        "logging.applicationInsights.samplingSettings.includedTypes", "logging.applicationInsights.enableLiveMetrics",
        "logging.applicationInsights.enableLiveMetricsFilters", "logging.applicationInsights.enableDependencyTracking",
    };

    private readonly JsonElement host = JsonSerializer.Deserialize<JsonElement>(Repository.Read("host.json"));

    [Fact]
    public void It_names_only_settings_that_exist()
    {
        Assert.All(Paths(host, ""), path => Assert.True(Known.Contains(path), $"{path} is no setting."));
    }

    [Fact]
    public void The_routes_begin_at_the_root()
    {
        Assert.Equal("2.0", host.GetProperty("version").GetString());
        Assert.Equal("", host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }

    [Fact]
    public void The_longest_download_ends_before_the_host_would_kill_the_process()
    {
        var limit = TimeSpan.Parse(host.GetProperty("functionTimeout").GetString()!);

        // A read that begins at the last moment may stall, and storage then has to take in what came.
        Assert.InRange(VideoOptions.LongestDownload + VideoOptions.LongestStall, new VideoOptions().DownloadTimeout, limit - TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void The_durable_extension_keeps_what_the_port_promises()
    {
        var durable = host.GetProperty("extensions").GetProperty("durableTask");

        // Letters and digits, 3 to 45, beginning with a letter: it names tables, queues and containers.
        Assert.Matches(@"\A[A-Za-z][A-Za-z0-9]{2,44}\z", durable.GetProperty("hubName").GetString());

        // Without it an event for what is finished is dropped in silence on other backends.
        Assert.True(durable.GetProperty("throwStatusExceptionsOnRaiseEvent").GetBoolean());

        // Parameters and results stay out of telemetry.
        Assert.False(durable.GetProperty("tracing").GetProperty("traceInputsAndOutputs").GetBoolean());

        Assert.Equal("AzureStorage", durable.GetProperty("storageProvider").GetProperty("type").GetString());
        Assert.InRange(durable.GetProperty("storageProvider").GetProperty("partitionCount").GetInt32(), 1, 16);
        Assert.InRange(
            TimeSpan.Parse(durable.GetProperty("storageProvider").GetProperty("maxQueuePollingInterval").GetString()!),
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void The_attempts_at_webhooks_know_how_many_activities_run_at_once() => Assert.Equal(
        AttemptCapacity.OfFunctions.Places,
        host.GetProperty("extensions").GetProperty("durableTask").GetProperty("maxConcurrentActivityFunctions").GetInt32());

    [Theory]
    [InlineData("workItemQueueVisibilityTimeout")]
    [InlineData("controlQueueVisibilityTimeout")] // under a minute the extension does not start
    public void What_a_killed_host_had_in_hand_comes_back_soon_and_not_before_it_could_be_renewed(string name)
    {
        var storage = host.GetProperty("extensions").GetProperty("durableTask").GetProperty("storageProvider");

        // A message is renewed half a minute before its time.
        Assert.InRange(TimeSpan.Parse(storage.GetProperty(name).GetString()!), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void A_newer_orchestration_is_left_to_a_newer_worker()
    {
        var durable = host.GetProperty("extensions").GetProperty("durableTask");

        // Goes up with the steps that requests are given, and never down.
        Assert.Equal(new Version(1, GenerationRequest.StepsNow), Version.Parse(durable.GetProperty("defaultVersion").GetString()!));
        Assert.Equal("CurrentOrOlder", durable.GetProperty("versionMatchStrategy").GetString());
        Assert.Equal("Reject", durable.GetProperty("versionFailureStrategy").GetString());
    }

    [Fact]
    public void Exceptions_and_traces_are_never_sampled_away()
    {
        var sampling = host.GetProperty("logging").GetProperty("applicationInsights").GetProperty("samplingSettings");

        Assert.Superset(
            new HashSet<string> { "Exception", "Trace" }, sampling.GetProperty("excludedTypes").GetString()!.Split(';').ToHashSet());
    }

    [Fact]
    public void It_lies_beside_the_app_where_host_and_worker_look()
    {
        Assert.Contains("""Include="../../host.json" Link="host.json" CopyToOutputDirectory="PreserveNewest" """.Trim(), Repository.Read("src/Reel.Functions/Reel.Functions.csproj"));
        Assert.Equal(Repository.Read("host.json"), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
    }

    private static IEnumerable<string> Paths(JsonElement element, string parent)
    {
        foreach (var property in element.EnumerateObject())
        {
            // Categories of logs are names of their own.
            var path = parent == "logging.logLevel" ? "logging.logLevel.*" : parent.Length == 0 ? property.Name : $"{parent}.{property.Name}";
            yield return path;
            if (property.Value.ValueKind != JsonValueKind.Object) continue;
            foreach (var below in Paths(property.Value, path)) yield return below;
        }
    }
}

using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Api;
using Reel.Batches;
using Reel.Functions.Tests.Infra;
using Reel.Generations;
using Reel.Segmind;
using Reel.Storage;
using Reel.Videos;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Settings;

/// <summary>local.settings.sample.json: a copy of it is what a newcomer starts with.</summary>
public sealed class LocalSettingsTests
{
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.Ordinal)
    {
        ["Api"] = typeof(ApiOptions),
        ["Batches"] = typeof(BatchOptions),
        ["Polling"] = typeof(PollingOptions),
        ["Requests"] = typeof(RequestOptions),
        ["Segmind"] = typeof(SegmindOptions),
        ["Videos"] = typeof(VideoOptions),
        ["Webhooks"] = typeof(WebhookOptions),
    };

    private static readonly string[] HostSettings = ["FUNCTIONS_WORKER_RUNTIME", StorageOptions.Setting];

    private readonly JsonElement sample = JsonSerializer.Deserialize<JsonElement>(Repository.Read("local.settings.sample.json"));

    private List<(string Name, string? Value)> Given =>
        [.. sample.GetProperty("Values").EnumerateObject().Select(setting => (setting.Name, setting.Value.GetString()))];

    [Fact]
    public void It_is_plain_text_for_the_isolated_worker()
    {
        Assert.False(sample.GetProperty("IsEncrypted").GetBoolean());
        Assert.Contains(("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"), Given);
        Assert.Contains((StorageOptions.Setting, "UseDevelopmentStorage=true"), Given);
    }

    [Fact]
    public void It_names_only_settings_that_exist_as_they_are_written()
    {
        Assert.All(Given, setting => Assert.True(IsKnown(setting.Name), $"{setting.Name} is no setting."));
        Assert.Equal(Given.Count, Given.Select(setting => setting.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_start_with_it_succeeds()
    {
        Assert.Null(FunctionsHost.FindFault(Given));
    }

    [Fact]
    public void Its_values_are_read_as_they_are_meant()
    {
        using var app = FunctionsHost.Build(Given);

        Assert.Equal(["desk"], Options<ApiOptions>().Keys.Keys);
        Assert.Equal(TimeSpan.FromDays(7), Options<VideoOptions>().LinkLifetime);
        Assert.Equal((TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(3)), (Options<PollingOptions>().Least, Options<PollingOptions>().Most));
        Assert.Equal(TimeSpan.FromMinutes(30), Options<RequestOptions>().Deadline);
        Assert.Equal(16, Options<SegmindOptions>().MaxConcurrentSubmits);
        Assert.True(Options<WebhookOptions>().AllowPrivateNetworks);

        T Options<T>()
            where T : class => app.Services.GetRequiredService<IOptions<T>>().Value;
    }

    private static bool IsKnown(string name) => name.Split("__") switch
    {
        [var alone] => HostSettings.Contains(alone),
        ["Api", nameof(ApiOptions.Keys), _] => true,
        [var section, var setting] => Sections.TryGetValue(section, out var type) && type.GetProperty(setting) is not null,
        _ => false,
    };
}

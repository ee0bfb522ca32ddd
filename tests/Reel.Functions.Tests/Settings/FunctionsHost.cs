using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Api;
using Reel.Functions.Api;
using Reel.Functions.Durable;

namespace Reel.Functions.Tests.Settings;

/// <summary>What Program lists of Reel's, over settings named as an app's settings are.</summary>
internal static class FunctionsHost
{
    /// <summary>The fewest settings that an app can start with.</summary>
    public static IReadOnlyList<(string Name, string? Value)> Minimal { get; } =
        [("Segmind__ApiKey", "SG_0123456789abcdef"), ("Api__Keys__desk", "a-key-of-sixteen-characters-or-more")];

    /// <summary>Builds the host and starts nothing; a service that cannot be made stops it.</summary>
    public static WebApplication Build(IReadOnlyList<(string Name, string? Value)> settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting =>
            new KeyValuePair<string, string?>(setting.Name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), setting.Value)));
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = true);
        builder.Services.AddReel(builder.Configuration).RequireApiKeys().AddDurableFunctions().AddSingleton<ApiPipeline>();
        return builder.Build();
    }

    /// <summary>What stops the start; null when nothing does.</summary>
    public static string? FindFault(IReadOnlyList<(string Name, string? Value)> settings)
    {
        using var app = Build(settings);
        try
        {
            app.CheckStart();
            return null;
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException)
        {
            // Faults of several sections come together.
            return exception.Message;
        }
    }
}

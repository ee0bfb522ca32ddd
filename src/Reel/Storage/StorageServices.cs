using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Reel.Storage;

/// <summary>What a host lists to have blob storage.</summary>
public static class StorageServices
{
    /// <summary>By how much the clocks of stores and callers may differ from ours: signatures work from this long before now.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Registers the <see cref="BlobServiceClient"/> of the account in <c>AzureWebJobsStorage</c>, a connection string, or else in
    /// <c>AzureWebJobsStorage__accountName</c> and its like, an identity. Where both are set the connection string counts, as in the Functions
    /// host. Nothing set means development storage. A <see cref="TokenCredential"/> among the services is used as it is.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Configure(options =>
            {
                var section = configuration.GetSection(StorageOptions.Setting);
                if (!string.IsNullOrWhiteSpace(section.Value)) options.ConnectionString = section.Value;
                else if (section.GetChildren().Any()) section.Bind(options.Identity = new StorageIdentity());
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value switch
        {
            { Identity: { } identity } => new BlobServiceClient(
                identity.BlobEndpoint, provider.GetService<TokenCredential>() ?? identity.CreateCredential(), ClientOptions()),
            { ConnectionString: var connectionString } => new BlobServiceClient(connectionString, ClientOptions()),
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DelegationSigner>();
        return services;
    }

    /// <summary>
    /// Four retries over about seven seconds bridge a restart of the emulator; longer trouble is for whoever called to retry. No query string
    /// is logged: it may hold a signature.
    /// </summary>
    public static BlobClientOptions ClientOptions()
    {
        var options = new BlobClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = 4,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(4),
                NetworkTimeout = TimeSpan.FromSeconds(30),
            },
            Diagnostics = { IsLoggingContentEnabled = false, IsTelemetryEnabled = false },
        };
        options.Diagnostics.LoggedQueryParameters.Clear();
        options.AddPolicy(new TimingPolicy(), HttpPipelinePosition.PerCall);
        return options;
    }
}

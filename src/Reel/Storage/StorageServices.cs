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
    /// <summary>
    /// Registers the <see cref="BlobServiceClient"/> of the account in the setting <c>AzureWebJobsStorage</c>. Unset means development storage.
    /// An account without a key (<c>AzureWebJobsStorage__accountName</c>, <c>__blobServiceUri</c>) is refused at start rather than passed over.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Configure(options =>
            {
                var section = configuration.GetSection(StorageOptions.Setting);
                if (!string.IsNullOrWhiteSpace(section.Value)) options.ConnectionString = section.Value;
                else if (section.GetChildren().Any()) options.ConnectionString = ""; // an identity: not development storage, and not supported
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(provider =>
            new BlobServiceClient(provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString, ClientOptions()));
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
        return options;
    }
}

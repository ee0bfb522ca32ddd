using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Reel.Storage;

/// <summary>Where the blobs are.</summary>
public sealed class StorageOptions
{
    /// <summary>The setting, named as the Functions host names it.</summary>
    public const string Setting = "AzureWebJobsStorage";

    /// <summary>What stands for the emulator at its well-known address, http://127.0.0.1:10000.</summary>
    public const string Development = "UseDevelopmentStorage=true";

    /// <summary>A connection string that holds an account key: Reel signs its links with it. Development storage by default.</summary>
    public string ConnectionString { get; set; } = Development;
}

/// <summary>Stops the start when the connection string cannot work. The string itself holds a key and is never shown.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        try
        {
            return new BlobServiceClient(options.ConnectionString).CanGenerateAccountSasUri
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"{StorageOptions.Setting} must be a connection string with an AccountKey: Reel signs its links with it.");
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return ValidateOptionsResult.Fail(
                $"{StorageOptions.Setting} is not a storage connection string. It looks like " +
                $"'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net', or '{StorageOptions.Development}'.");
        }
    }
}

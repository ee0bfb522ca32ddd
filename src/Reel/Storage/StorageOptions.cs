using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Reel.Storage;

/// <summary>Where the blobs are, and how they are reached.</summary>
public sealed class StorageOptions
{
    /// <summary>The setting, named as the Functions host names it.</summary>
    public const string Setting = "AzureWebJobsStorage";

    /// <summary>What stands for the emulator at its well-known address, http://127.0.0.1:10000.</summary>
    public const string Development = "UseDevelopmentStorage=true";

    /// <summary>A connection string that holds an account key, with which links are signed. Development storage by default.</summary>
    public string ConnectionString { get; set; } = Development;

    /// <summary>When there is no connection string: the account and the identity for it. Links are then signed with keys that the account hands out.</summary>
    public StorageIdentity? Identity { get; set; }
}

/// <summary>Stops the start when the settings cannot work. A connection string holds a key and is never shown.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        (options.Identity is { } identity ? identity.FindFault() : FindFault(options.ConnectionString)) is { } fault
            ? ValidateOptionsResult.Fail(fault)
            : ValidateOptionsResult.Success;

    private static string? FindFault(string connectionString)
    {
        try
        {
            return new BlobServiceClient(connectionString).CanGenerateAccountSasUri
                ? null
                : $"{StorageOptions.Setting} must be a connection string with an AccountKey, since Reel signs its links with it. " +
                  $"To do without a key, set {StorageOptions.Setting}__accountName instead.";
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return $"{StorageOptions.Setting} is not a storage connection string. It looks like " +
                $"'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net', or '{StorageOptions.Development}'.";
        }
    }
}

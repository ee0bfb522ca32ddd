using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Reel.Storage;

/// <summary>
/// An account that is reached with an identity instead of a key: the settings <c>AzureWebJobsStorage__*</c>, named as the Functions host names
/// them. Names that are not here (<c>__queueServiceUri</c>, <c>__tableServiceUri</c>, …) are the host's business.
/// </summary>
public sealed partial class StorageIdentity
{
    /// <summary>The account's name; its blobs are then at <c>https://&lt;name&gt;.blob.core.windows.net</c>.</summary>
    public string? AccountName { get; set; }

    /// <summary>The blob endpoint, for other clouds and emulators: https, since a token is never sent in the clear. It decides over the name.</summary>
    public string? BlobServiceUri { get; set; }

    /// <summary>
    /// <c>managedidentity</c>, or nothing. Nothing means <see cref="ClientSecretCredential"/> when tenant, client id and secret are all given, else
    /// <see cref="DefaultAzureCredential"/>: in this order environment variables, workload identity, managed identity, and the login of the
    /// developer's tools (Visual Studio, Azure CLI, Azure PowerShell, azd).
    /// </summary>
    public string? Credential { get; set; }

    /// <summary>Which user-assigned identity; nothing means the system-assigned one. With a secret, the application's id.</summary>
    public string? ClientId { get; set; }

    /// <summary>The tenant in which tokens are asked for; nothing means the credential's own.</summary>
    public string? TenantId { get; set; }

    /// <summary>The secret of an application, for machines outside Azure. Never shown.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Where the blobs are, once <see cref="FindFault"/> finds none.</summary>
    internal Uri BlobEndpoint =>
        string.IsNullOrWhiteSpace(BlobServiceUri) ? new Uri($"https://{AccountName}.blob.core.windows.net") : new Uri(BlobServiceUri);

    internal TokenCredential CreateCredential()
    {
        if (IsManaged)
            return new ManagedIdentityCredential(string.IsNullOrWhiteSpace(ClientId) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(ClientId));
        if (!string.IsNullOrWhiteSpace(TenantId) && !string.IsNullOrWhiteSpace(ClientId) && !string.IsNullOrWhiteSpace(ClientSecret))
            return new ClientSecretCredential(TenantId, ClientId, ClientSecret);

        // Only what is given: null would undo what the credential takes from the environment.
        var options = new DefaultAzureCredentialOptions();
        if (!string.IsNullOrWhiteSpace(TenantId)) options.TenantId = TenantId;
        if (!string.IsNullOrWhiteSpace(ClientId)) options.ManagedIdentityClientId = ClientId;
        return new DefaultAzureCredential(options);
    }

    /// <summary>What is wrong, naming the setting; null when nothing is.</summary>
    internal string? FindFault()
    {
        const string Setting = StorageOptions.Setting;
        if (!string.IsNullOrWhiteSpace(BlobServiceUri))
        {
            if (!IsEndpoint(BlobServiceUri))
                return $"{Setting}__blobServiceUri must be an https URI without a query that names the account, such as https://someone.blob.core.windows.net.";
        }
        else if (string.IsNullOrWhiteSpace(AccountName))
        {
            return $"{Setting}__accountName or {Setting}__blobServiceUri must say which account it is, or else {Setting} must be a connection string.";
        }
        else if (!Name().IsMatch(AccountName))
        {
            return $"{Setting}__accountName must be an account's name: 3 to 24 lower-case letters and digits.";
        }

        if (!string.IsNullOrWhiteSpace(Credential) && !IsManaged)
            return $"{Setting}__credential must be 'managedidentity' or not be set.";

        try
        {
            CreateCredential();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return $"{Setting}__tenantId and {Setting}__clientId make no credential: {e.Message}";
        }
    }

    private bool IsManaged => string.Equals(Credential, "managedidentity", StringComparison.OrdinalIgnoreCase);

    // The account's name is part of what a link's signature covers.
    private static bool IsEndpoint(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0 && uri.UserInfo.Length == 0
        && new BlobUriBuilder(uri).AccountName.Length > 0;

    /// <summary>Azure's rule for the names of storage accounts.</summary>
    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z")]
    private static partial Regex Name();
}

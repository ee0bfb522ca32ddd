using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Storage;

namespace Reel.Tests.Storage;

public sealed class StorageSettingsTests
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
    private const string ConnectionString = $"DefaultEndpointsProtocol=https;AccountName=keyed;AccountKey={Key};EndpointSuffix=core.windows.net";
    private const string Tenant = "6d2c5a7e-2222-4a39-8f3e-7c1b9d4e0002", Client = "0b7e1c1e-1111-4e57-9b0a-2f5d8c6a0001";

    public static TheoryData<string, string, Type?> Accepted => new()
    {
        { "", "http://127.0.0.1:10000/devstoreaccount1", null },
        { $"={ConnectionString}", "https://keyed.blob.core.windows.net/", null },
        { $"={ConnectionString}|__accountName=someone|__credential=managedidentity", "https://keyed.blob.core.windows.net/", null },
        { "=UseDevelopmentStorage=true|__accountName=someone", "http://127.0.0.1:10000/devstoreaccount1", null },
        { "__accountName=someone", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { "=|__accountName=someone", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { "__ACCOUNTNAME=someone", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { $"__accountName=someone|__tenantId={Tenant}", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { $"__accountName=someone|__clientId={Client}", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { "__accountName=someone|__credential=managedidentity", "https://someone.blob.core.windows.net/", typeof(ManagedIdentityCredential) },
        { $"__accountName=someone|__credential=ManagedIdentity|__clientId={Client}", "https://someone.blob.core.windows.net/", typeof(ManagedIdentityCredential) },
        { $"__accountName=someone|__tenantId={Tenant}|__clientId={Client}|__clientSecret=s3cret", "https://someone.blob.core.windows.net/", typeof(ClientSecretCredential) },
        { "__blobServiceUri=https://other.blob.core.chinacloudapi.cn", "https://other.blob.core.chinacloudapi.cn/", typeof(DefaultAzureCredential) },
        { "__blobServiceUri=https://127.0.0.1:10000/devstoreaccount1", "https://127.0.0.1:10000/devstoreaccount1", typeof(DefaultAzureCredential) },
        { "__accountName=someone|__blobServiceUri=https://other.blob.core.windows.net/", "https://other.blob.core.windows.net/", typeof(DefaultAzureCredential) },
        { "__accountName=someone|__queueServiceUri=nonsense|__tableServiceUri=https://t.test|__something=new", "https://someone.blob.core.windows.net/", typeof(DefaultAzureCredential) },
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "__credential=managedidentity", "AzureWebJobsStorage__accountName or AzureWebJobsStorage__blobServiceUri" },
        { "__accountName= ", "AzureWebJobsStorage__accountName or AzureWebJobsStorage__blobServiceUri" },
        { "__queueServiceUri=https://someone.queue.core.windows.net", "AzureWebJobsStorage__accountName or AzureWebJobsStorage__blobServiceUri" },
        { "__accountName=Some-One", "AzureWebJobsStorage__accountName" },
        { "__accountName=someone.blob.core.windows.net/", "AzureWebJobsStorage__accountName" },
        { "__accountName=no", "AzureWebJobsStorage__accountName" },
        { "__blobServiceUri=someone.blob.core.windows.net", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=/devstoreaccount1", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=http://someone.blob.core.windows.net", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=http://127.0.0.1:10000/devstoreaccount1", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=https://videos.example.com", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=https://someone.blob.core.windows.net/?sig=s3cret", "AzureWebJobsStorage__blobServiceUri" },
        { "__blobServiceUri=https://someone:s3cret@someone.blob.core.windows.net", "AzureWebJobsStorage__blobServiceUri" },
        { "__accountName=someone|__credential=s3cret", "AzureWebJobsStorage__credential" },
        { $"__accountName=someone|__tenantId=not a tenant|__clientId={Client}|__clientSecret=s3cret", "AzureWebJobsStorage__tenantId" },
        { "=BlobEndpoint=https://a.test/;SharedAccessSignature=sv=2021-12-02&sig=s3cret|__accountName=someone", "AzureWebJobsStorage" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Settings_choose_the_account_and_how_it_is_reached(string settings, string account, Type? credential)
    {
        using var services = Services(settings);

        services.GetRequiredService<IStartupValidator>().Validate();

        var storage = services.GetRequiredService<BlobServiceClient>();
        Assert.Equal(new Uri(account), storage.Uri);
        Assert.Equal(credential is null, storage.CanGenerateAccountSasUri);
        Assert.Equal(credential, services.GetRequiredService<IOptions<StorageOptions>>().Value.Identity?.CreateCredential().GetType());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_setting_stops_the_start_and_is_named_but_never_shown(string settings, string named)
    {
        using var services = Services(settings);

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_among_the_services_is_taken_instead_of_one_of_our_own()
    {
        using var services = Services("__accountName=someone|__credential=managedidentity", new NoToken());

        var refused = await Assert.ThrowsAsync<CredentialUnavailableException>(() => services.GetRequiredService<BlobServiceClient>().GetPropertiesAsync());

        Assert.Equal(NoToken.Reason, refused.Message);
    }

    private static ServiceProvider Services(string settings, TokenCredential? credential = null)
    {
        var values = settings.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2))
            .Select(parts => KeyValuePair.Create<string, string?>(StorageOptions.Setting + parts[0].Replace("__", ":", StringComparison.Ordinal), parts[1]));
        var services = new ServiceCollection().AddLogging().AddStorage(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        if (credential is not null) services.AddSingleton(credential);
        return services.BuildServiceProvider();
    }
}

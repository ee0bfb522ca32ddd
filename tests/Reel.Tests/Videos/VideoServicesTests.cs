using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reel.Records;
using Reel.Storage;
using Reel.Videos;

namespace Reel.Tests.Videos;

public sealed class VideoServicesTests
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    [Fact]
    public void Unset_settings_mean_development_storage_and_the_defaults()
    {
        using var services = Services();

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(new Uri("http://127.0.0.1:10000/devstoreaccount1"), services.GetRequiredService<BlobServiceClient>().Uri);
        Assert.Equal("videos", services.GetRequiredService<IOptions<VideoOptions>>().Value.Container);
        Assert.Equal(TimeSpan.FromDays(7), services.GetRequiredService<IOptions<VideoOptions>>().Value.LinkLifetime);
        Assert.NotNull(services.GetRequiredService<VideoStore>());
        Assert.NotNull(services.GetRequiredService<RecordStore>());
    }

    [Fact]
    public async Task A_connection_string_decides_the_account_and_its_links_need_https_there()
    {
        using var services = Services(
            ("AzureWebJobsStorage", $"DefaultEndpointsProtocol=https;AccountName=someone;AccountKey={Key};EndpointSuffix=core.windows.net"));

        Assert.Equal(new Uri("https://someone.blob.core.windows.net/"), services.GetRequiredService<BlobServiceClient>().Uri);
        var link = (await services.GetRequiredService<VideoStore>().MintLinkAsync("a/b.mp4", default)).Url;
        Assert.Contains("spr=https&", link.Query, StringComparison.Ordinal);
        Assert.Contains("sp=r&", link.Query, StringComparison.Ordinal);
        Assert.Contains("sr=b&", link.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Videos:Container", "Videos__Container", "Ab")]
    [InlineData("Videos:Container", "Videos__Container", "a--b")]
    [InlineData("Videos:Container", "Videos__Container", "-ab")]
    [InlineData("Videos:Container", "Videos__Container", "ab")]
    [InlineData("Videos:Container", "Videos__Container", "abc\n")]
    [InlineData("Videos:Container", "Videos__Container", "$web")]
    [InlineData("Videos:Container", "Videos__Container", "a234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("Videos:LinkLifetime", "Videos__LinkLifetime", "00:00:59")]
    [InlineData("Videos:LinkLifetime", "Videos__LinkLifetime", "-1.00:00:00")]
    [InlineData("Videos:LinkLifetime", "Videos__LinkLifetime", "8.00:00:00")]
    [InlineData("Videos:LinkLifetime", "Videos__LinkLifetime", "a week")]
    [InlineData("Videos:MaxLength", "Videos__MaxLength", "0")]
    [InlineData("Videos:StallTimeout", "Videos__StallTimeout", "00:00:00")]
    [InlineData("Videos:DownloadTimeout", "Videos__DownloadTimeout", "00:00:01")]
    [InlineData("Videos:DownloadTimeout", "Videos__DownloadTimeout", "00:45:01")]
    [InlineData("AzureWebJobsStorage", "AzureWebJobsStorage", "no such thing")]
    [InlineData("AzureWebJobsStorage", "AzureWebJobsStorage", "BlobEndpoint=https://a.test/;SharedAccessSignature=sv=2021-12-02&sig=s3cret")]
    [InlineData("AzureWebJobsStorage:accountName", "AzureWebJobsStorage__accountName", "Some-One")]
    public void A_wrong_value_stops_the_start_and_names_the_setting_but_never_the_secret(string key, string setting, string value)
    {
        using var services = Services((key, value));

        var refused = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("my-videos-2")]
    [InlineData("123")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123")]
    public void A_container_name_that_Azure_takes_is_taken(string name)
    {
        using var services = Services(("Videos:Container", name));

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(name, services.GetRequiredService<IOptions<VideoOptions>>().Value.Container);
    }

    [Fact]
    public void The_storage_client_logs_no_query_string() => Assert.Empty(StorageServices.ClientOptions().Diagnostics.LoggedQueryParameters);

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))
            .Build();
        return new ServiceCollection().AddLogging().AddVideos(configuration).AddRecords(configuration).BuildServiceProvider();
    }
}

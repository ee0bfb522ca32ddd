using Microsoft.Extensions.Configuration;
using Reel.Local.Serve;

namespace Reel.Tests.Serve;

public sealed class DeskStorageTests
{
    [Theory]
    [InlineData("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=someone;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")]
    [InlineData("AzureWebJobsStorage:accountName", "someone")]
    [InlineData("AzureWebJobsStorage:blobServiceUri", "https://someone.blob.core.windows.net")]
    public async Task An_account_that_is_given_with_a_key_or_an_identity_is_taken_and_nothing_is_started(string setting, string value)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build();
        var options = new DeskOptions("http://127.0.0.1:0", "not-needed", StoragePort: 0);

        await using var storage = await DeskStorage.FindAsync(options, settings, said => Assert.Fail(said), default);
        await storage.StartAsync(default);

        Assert.Equal("the account in AzureWebJobsStorage", storage.Description);
        Assert.Equal("https://someone.blob.core.windows.net", storage.Name.TrimEnd('/'));
        Assert.All(storage.Settings, kept => Assert.Equal(value, kept.Value));
        Assert.Null(storage.Advice);
    }
}

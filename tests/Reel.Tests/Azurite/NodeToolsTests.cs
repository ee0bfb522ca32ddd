using Reel.Local.Azurite;

namespace Reel.Tests.Azurite;

public sealed class NodeToolsTests
{
    [Fact]
    public void Without_Node_the_message_says_so_and_what_to_set_instead()
    {
        var missing = Assert.Throws<NodeMissingException>(() => NodeTools.Find("npm", path: Path.Combine(AppContext.BaseDirectory, "no-such-folder")));

        Assert.StartsWith("npm was not found on the PATH", missing.Message, StringComparison.Ordinal);
        Assert.Contains("set AzureWebJobsStorage to the connection string of a real storage account", missing.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<AzuriteException>(missing);
    }

    [Theory]
    [InlineData("npm error code ENOTFOUND\nnpm error network no route\nnpm error\nnpm error A complete log of this run can be found in: a.log", "code ENOTFOUND; network no route")]
    [InlineData("npm warn old\nnpm ERR! code E1\nnpm ERR! a.\nnpm ERR! b\nnpm ERR! c", "code E1; a; b")]
    [InlineData("Segmentation fault", "it ended with code 7")]
    public void What_npm_says_is_cut_down_to_its_reason(string said, string reason) =>
        Assert.Equal(reason, AzuriteInstaller.Shorten(said, 7));
}

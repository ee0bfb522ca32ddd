using Reel.Cli.Settings;

namespace Reel.Cli.Tests.Terminal;

/// <summary>Where the server is and who is asking.</summary>
public sealed class SettingsTests
{
    private static readonly ConfigFile None = new("file", null, null, []);
    private static readonly ConfigFile Ours = new("file", "https://reel.test", "file-key", []);

    [Fact]
    public void Without_any_it_is_the_desk_without_a_key() =>
        Assert.Equal(("http://127.0.0.1:7071/", null), Read(ConnectionSettings.Resolve(null, null, null, null, None)));

    [Fact]
    public void An_option_comes_before_a_variable_and_that_before_the_file()
    {
        Assert.Equal(("https://reel.test/", "file-key"), Read(ConnectionSettings.Resolve(null, null, null, null, Ours)));
        Assert.Equal(("https://reel.test/", "variable"), Read(ConnectionSettings.Resolve(null, null, null, "variable", Ours)));
        Assert.Equal(("https://reel.test/", "option"), Read(ConnectionSettings.Resolve(null, "option", null, "variable", Ours)));
    }

    [Fact]
    public void The_key_in_the_file_is_not_sent_to_another_server()
    {
        var settings = ConnectionSettings.Resolve("https://elsewhere.test", null, null, null, Ours);

        Assert.Null(settings.ApiKey);
        Assert.Contains("is not sent to https://elsewhere.test/", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://reel.test/other")]
    [InlineData("https://reel.test/ours/below")]
    [InlineData("https://reel.test:444/ours")]
    [InlineData("http://reel.test/ours")]
    public void The_key_in_the_file_goes_to_its_URL_only_path_included(string url) =>
        Assert.Null(ConnectionSettings.Resolve(url, null, null, null, Ours with { Url = "https://reel.test/ours" }).ApiKey);

    [Fact]
    public void A_slash_at_the_end_of_a_URL_makes_no_other_one() =>
        Assert.Equal("file-key", ConnectionSettings.Resolve("https://reel.test/ours/", null, null, null, Ours with { Url = "https://reel.test/ours" }).ApiKey);

    [Theory]
    [InlineData("https://reel.test/?key=1")]
    [InlineData("https://reel.test/?")]
    [InlineData("https://reel.test/#top")]
    [InlineData("https://me@reel.test/")]
    public void A_URL_with_more_than_a_path_is_refused(string url) =>
        Assert.Throws<SettingsException>(() => ConnectionSettings.Resolve(url, null, null, null, None));

    [Theory]
    [InlineData("schlüssel-mit-umlaut")]
    [InlineData("key\nwith-a-line")]
    [InlineData("key\u200bhidden")]
    public void A_key_that_cannot_be_sent_is_refused_and_not_repeated(string key)
    {
        var refused = Assert.Throws<SettingsException>(() => ConnectionSettings.Resolve(null, null, null, key, None));

        Assert.Contains("printable ASCII", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_goes_unencrypted_over_a_network_is_warned_of() =>
        Assert.Contains("unencrypted", Assert.Single(ConnectionSettings.Resolve("http://reel.test", null, null, "key", None).Warnings), StringComparison.Ordinal);

    private static (string Url, string? Key) Read(ConnectionSettings settings) => (settings.Url.AbsoluteUri, settings.ApiKey);
}

using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class WebhookUrlTests
{
    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/hook?token=a%20b")]
    [InlineData("https://example.com:8443/")]
    [InlineData("https://sub.example.co.uk./hook")]
    [InlineData("https://xn--bcher-kva.example.com/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    public void A_public_https_url_is_accepted(string text)
    {
        Assert.True(WebhookUrl.TryParse(text, false, out var url, out var error), error);
        Assert.Equal("https", url.Scheme);
    }

    [Theory]
    [InlineData(null, "must be an absolute https URL")]
    [InlineData("", "must be an absolute https URL")]
    [InlineData("/hook", "must be an absolute https URL")]
    [InlineData("example.com/hook", "must be an absolute https URL")]
    [InlineData("ftp://example.com/", "must be an absolute https URL")]
    [InlineData("file:///etc/passwd", "must be an absolute https URL")]
    [InlineData("gopher://example.com/", "must be an absolute https URL")]
    [InlineData("https:///hook", "must be an absolute https URL")]
    [InlineData("https://localhost../", "must be an absolute https URL")]
    [InlineData("https://127.0.0.1../", "must be an absolute https URL")]
    [InlineData("https://%6cocalhost/", "must be an absolute https URL")]
    [InlineData("https://%31%32%37.0.0.1/", "must be an absolute https URL")]
    [InlineData("https:\\\\127.0.0.1\\hook", "must be an absolute https URL")]
    [InlineData("https://example.com\\@10.0.0.1/", "must be an absolute https URL")]
    [InlineData("https://exam\nple.com/", "must be an absolute https URL")]
    [InlineData("https://exam ple.com/", "must be an absolute https URL")]
    [InlineData("https://\uff11\uff12\uff17.0.0.1/", "must name a public host")]
    [InlineData("https://\u2460\u2461\u2466.0.0.1/", "must name a public host")]
    [InlineData("http://example.com/", "must be https")]
    [InlineData("https://example.com:8080/", "must use port 443 or 8443")]
    [InlineData("https://example.com:80/", "must use port 443 or 8443")]
    [InlineData("https://example.com:0/", "must not name port 0")]
    [InlineData("https://\u05d0a.com/", "must name a valid host")]
    [InlineData("https://user:secret@example.com/", "must not hold credentials")]
    [InlineData("https://example.com@10.0.0.1/", "must not hold credentials")]
    [InlineData("https://example.com/hook#part", "must not have a fragment")]
    [InlineData("https://intranet/hook", "must name a public host")]
    [InlineData("https://256.1/", "must name a public host")]
    [InlineData("https://4294967297/", "must name a public host")]
    public void What_is_no_public_https_url_is_refused(string? text, string expected) => AssertRefused(text, expected);

    [Theory]
    [InlineData("https://127.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0xa9fea9fe/")]
    [InlineData("https://0251.0376.0251.0376/")]
    [InlineData("https://169.254.43518/")]
    [InlineData("https:/\\127.0.0.1/")]
    [InlineData("https://[0:0:0:0:0:ffff:127.0.0.1]/")]
    [InlineData("https://[64:ff9b:1::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[2001:0:7f00:1::]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://hook.localhost/")]
    [InlineData("https://hook.localhost./")]
    [InlineData("https://printer.local/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://nas.home.arpa/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://2130706433./")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0x7f000001./")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::10.0.0.1]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2852039166/")]
    [InlineData("https://168.63.129.16/")]
    public void A_host_that_is_surely_not_public_is_refused_at_once(string text) => AssertRefused(text, "must not point to");

    /// <summary>What some parsers take for another host than others do: it is sent where it was seen to lead, in the spelling that was accepted.</summary>
    [Theory]
    [InlineData("https://example.com/\\10.0.0.1", "https://example.com//10.0.0.1")]
    [InlineData("https://example.com:443/hook", "https://example.com/hook")]
    [InlineData("\t https://EXAMPLE.com/hook\n", "https://example.com/hook")]
    [InlineData("https://example.com/?next=http://10.0.0.1/", "https://example.com/?next=http://10.0.0.1/")]
    public void A_spelling_that_is_read_in_two_ways_is_put_into_one(string text, string expected)
    {
        Assert.True(WebhookUrl.TryParse(text, false, out var url, out var error), error);
        Assert.Equal(("example.com", expected), (url.Host, url.AbsoluteUri));
    }

    [Fact]
    public void The_length_has_a_limit_in_every_spelling()
    {
        var longest = "https://example.com/" + new string('a', WebhookUrl.MaxLength - 20);

        Assert.True(WebhookUrl.TryParse(longest, false, out _, out _));
        AssertRefused(longest + "a", "must have at most 2048 characters");
        AssertRefused("https://example.com/" + new string('é', 1000), "must have at most 2048 characters");
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/hook", true)]
    [InlineData("http://localhost:5000/hook", true)]
    [InlineData("https://intranet:9000/hook", true)]
    [InlineData("http://[fd00::1]/hook", true)]
    [InlineData("http://user:secret@localhost/", false)]
    [InlineData("http://localhost/#part", false)]
    [InlineData("http://169.254.169.254/", false)]
    [InlineData("ftp://localhost/", false)]
    public void With_private_networks_allowed_the_network_is_open_and_the_form_is_not(string text, bool accepted) =>
        Assert.Equal(accepted, WebhookUrl.TryParse(text, true, out _, out _));

    private static void AssertRefused(string? text, string expected)
    {
        Assert.False(WebhookUrl.TryParse(text, false, out var url, out var error));
        Assert.Null(url);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using Reel.Cli.Terminal;

namespace Reel.Cli.Tests.Terminal;

/// <summary>Foreign text on a terminal.</summary>
public sealed class SafeTextTests
{
    [Theory]
    [InlineData("a\u001b[31mb", "a\uFFFD[31mb")]
    [InlineData("a\u009b31mb", "a\uFFFD31mb")]
    [InlineData("a\u202eb", "a\uFFFDb")]
    [InlineData("a\r\nb\tc", "a  b c")]
    [InlineData("日本 é 👩‍🚀", "日本 é 👩‍🚀")]
    public void Nothing_in_a_line_is_obeyed(string text, string safe) => Assert.Equal(safe, SafeText.Line(text));

    [Fact]
    public void Lines_stay_lines() => Assert.Equal("a\nb\uFFFD", SafeText.Lines("a\nb\u0007"));

    [Fact]
    public void JSON_means_the_same_when_it_is_safe()
    {
        const string Json = "{\"a\":\"x\u009by\u202ez\"}";

        var safe = SafeText.Json(Json);

        Assert.Equal("{\"a\":\"x\\u009by\\u202ez\"}", safe);
        Assert.Equal("x\u009by\u202ez", JsonElement.Parse(safe).GetProperty("a").GetString());
    }
}

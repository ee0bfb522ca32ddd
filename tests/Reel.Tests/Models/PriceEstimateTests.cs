using System.Text.Json;
using Reel.Models;

namespace Reel.Tests.Models;

public sealed class PriceEstimateTests
{
    [Theory]
    [InlineData("kling-2.6", """{"prompt": "x"}""", 1.75, 1.75)] // the defaults are the dearest
    [InlineData("kling-2.6", """{"prompt": "x", "duration": 5, "generate_audio": false}""", 0.438, 0.438)]
    [InlineData("kling-2.6", """{"prompt": "x", "duration": 5}""", 0.438, 1.75)]
    [InlineData("kling-1.6-text2video", """{"prompt": "x"}""", 0.56, 0.56)]
    [InlineData("kling-1.6-text2video", """{"prompt": "x", "duration": 10}""", 0.56, 1.96)]
    public void A_price_is_the_models_range_or_an_end_of_it(string slug, string parameters, double low, double high) =>
        Assert.Equal(new PriceRange((decimal)low, (decimal)high), PriceEstimate.Of(ModelCatalog.Find(slug)!, JsonElement.Parse(parameters)));

    [Fact]
    public void Where_no_price_is_published_there_is_none() =>
        Assert.Null(PriceEstimate.Of(ModelCatalog.Find("kling-1.6-image2video")!, JsonElement.Parse("""{"image": "https://example.com/a.png"}""")));

    [Fact]
    public void What_is_not_sent_is_the_providers_default()
    {
        var all = PriceEstimate.Complete(ModelCatalog.Find("kling-2.6")!, JsonElement.Parse("""{"prompt": "x", "cfg_scale": 0.1}"""));

        Assert.Equal(["aspect_ratio", "cfg_scale", "duration", "generate_audio", "mode", "negative_prompt", "prompt"], all.Keys.Order());
        Assert.Equal((0.1, 10), (all["cfg_scale"].GetDouble(), all["duration"].GetInt32()));
    }
}

using System.Text.Json;
using Reel.Models;

namespace Reel.Tests.Models;

public sealed class ModelCatalogTests
{
    [Fact]
    public void The_three_models_are_as_their_pages_say()
    {
        Assert.Equal(["kling-2.6", "kling-1.6-text2video", "kling-1.6-image2video"], ModelCatalog.All.Select(model => model.Slug));
        Assert.Equal([123.28, 304.08, 288.27], ModelCatalog.All.Select(model => model.TypicalTime.TotalSeconds));
        Assert.Equal([new(0.438m, 1.75m), new(0.560m, 1.96m), null], ModelCatalog.All.Select(model => model.Price));
        Assert.Equal(
            [ModelKind.TextOrImageToVideo, ModelKind.TextToVideo, ModelKind.ImageToVideo], ModelCatalog.All.Select(model => model.Kind));
        Assert.Equal(
            [
                "prompt* aspect_ratio cfg_scale duration generate_audio image_url mode negative_prompt",
                "prompt* aspect_ratio cfg_scale duration mode negative_prompt",
                "image* cfg_scale duration mode negative_prompt prompt",
            ],
            ModelCatalog.All.Select(model => string.Join(' ', model.Parameters.Select(parameter => parameter.Name + (parameter.Required ? "*" : "")))));
    }

    [Theory]
    [InlineData("kling-2.6", "aspect_ratio", """["16:9","9:16","1:1"] "16:9" """)]
    [InlineData("kling-2.6", "cfg_scale", "0..1 0.8")]
    [InlineData("kling-2.6", "duration", "[5,10] 10")]
    [InlineData("kling-2.6", "generate_audio", "true")]
    [InlineData("kling-2.6", "image_url", "null")]
    [InlineData("kling-2.6", "mode", """["pro"] "pro" """)]
    [InlineData("kling-2.6", "negative_prompt", "\"no noise, no distortion, no clutter\"")]
    [InlineData("kling-1.6-text2video", "aspect_ratio", """["16:9","9:16","1:1"] "16:9" """)]
    [InlineData("kling-1.6-text2video", "cfg_scale", "0..1 0.5")]
    [InlineData("kling-1.6-text2video", "duration", "[5,10] 5")]
    [InlineData("kling-1.6-text2video", "mode", """["std"] "std" """)]
    [InlineData("kling-1.6-text2video", "negative_prompt", "\"No buildings, no artificial objects\"")]
    [InlineData("kling-1.6-image2video", "cfg_scale", "0..1 0.5")]
    [InlineData("kling-1.6-image2video", "duration", "[5,10] 5")]
    [InlineData("kling-1.6-image2video", "mode", """["std","pro"] "pro" """)]
    [InlineData("kling-1.6-image2video", "negative_prompt", "\"No sudden movements, no fast zooms.\"")]
    [InlineData("kling-1.6-image2video", "prompt", "\"group of people talking to each other in an office setting\"")]
    public void Allowed_values_ranges_and_defaults_are_the_pages(string slug, string name, string expected)
    {
        var parameter = ModelCatalog.Find(slug)!.Parameters.Single(parameter => parameter.Name == name);

        var allowed = parameter.Allowed is null ? "" : $"[{string.Join(',', parameter.Allowed.Select(value => value.GetRawText()))}] ";
        var range = parameter.Minimum is null ? "" : $"{parameter.Minimum}..{parameter.Maximum} ";
        Assert.Equal(expected.TrimEnd(), allowed + range + parameter.Default!.Value.GetRawText());
    }

    [Fact]
    public void The_examples_are_the_pages_own()
    {
        foreach (var model in ModelCatalog.All)
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(PageExamples.Bodies[model.Slug]), model.Example), model.Slug);
    }

    [Fact]
    public void A_default_would_be_let_through_by_the_validator()
    {
        foreach (var (model, parameter) in ModelCatalog.All.SelectMany(model => model.Parameters, (model, parameter) => (model, parameter)))
        {
            if (parameter.Default is not { } value)
                continue;

            var body = model.Parameters.Where(other => other.Required).ToDictionary(other => other.Name, other => model.Example.GetProperty(other.Name));
            body[parameter.Name] = value;
            Assert.IsType<ParameterCheck.Valid>(
                ParameterValidator.Validate(model, JsonSerializer.SerializeToElement(body), new HashSet<string>()));
        }
    }

    [Theory]
    [InlineData("kling-2.6", true)]
    [InlineData("Kling-2.6", false)]
    [InlineData("", false)]
    [InlineData("kling-2.6 ", false)]
    public void A_model_is_found_by_its_exact_slug(string slug, bool found) => Assert.Equal(found, ModelCatalog.Find(slug) is not null);

    [Theory]
    [InlineData("kling2.6", "kling-2.6")]
    [InlineData("KLING-2.6", "kling-2.6")]
    [InlineData("kilng-2.6", "kling-2.6")]
    [InlineData("kling-2.5", "kling-2.6")]
    [InlineData("kling-1.6-text-to-video", "kling-1.6-text2video")]
    [InlineData("kling-1.6-image2vid", "kling-1.6-image2video")]
    [InlineData("text2video", "kling-1.6-text2video")]
    [InlineData("kling", "kling-2.6")]
    [InlineData("sora-2", null)]
    [InlineData("", null)]
    public void An_unknown_slug_gets_the_nearest_one_suggested(string slug, string? nearest) => Assert.Equal(nearest, ModelCatalog.Nearest(slug));

    [Fact]
    public void A_description_reads_like_a_schema()
    {
        var json = JsonSerializer.SerializeToElement(ModelDescription.Of(ModelCatalog.Find("kling-2.6")!), ModelJson.Default.ModelDescription);

        Assert.Equal(
            ["slug", "title", "description", "kind", "parameters", "price_usd", "typical_seconds", "example"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("text_or_image_to_video", json.GetProperty("kind").GetString());
        Assert.Equal("""{"low":0.438,"high":1.75}""", json.GetProperty("price_usd").GetRawText());
        Assert.Equal(123.28, json.GetProperty("typical_seconds").GetDouble());
        Assert.Equal("10", json.GetProperty("example").GetProperty("duration").GetString());

        JsonElement Parameter(string name) => json.GetProperty("parameters").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        Assert.Equal(
            """{"name":"cfg_scale","type":"number","required":false,"minimum":0,"maximum":1,"default":0.8}""", WithoutHelp(Parameter("cfg_scale")));
        Assert.Equal(
            """{"name":"duration","type":"integer","required":false,"enum":[5,10],"default":10}""", WithoutHelp(Parameter("duration")));
        Assert.Equal(
            """{"name":"image_url","type":"string","format":"uri","required":false,"max_length":2048,"default":null}""",
            WithoutHelp(Parameter("image_url")));
        Assert.Equal("""{"name":"prompt","type":"string","required":true,"max_length":10000}""", WithoutHelp(Parameter("prompt")));
        Assert.Equal("""{"name":"generate_audio","type":"boolean","required":false,"default":true}""", WithoutHelp(Parameter("generate_audio")));
    }

    [Fact]
    public void A_price_that_is_not_published_is_null_not_missing()
    {
        var json = JsonSerializer.SerializeToElement(ModelDescription.All, ModelJson.Default.IReadOnlyListModelDescription);

        Assert.Equal([JsonValueKind.Object, JsonValueKind.Object, JsonValueKind.Null], json.EnumerateArray().Select(one => one.GetProperty("price_usd").ValueKind));
    }

    private static string WithoutHelp(JsonElement parameter)
    {
        Assert.NotEmpty(parameter.GetProperty("description").GetString()!);
        var rest = parameter.EnumerateObject().Where(property => property.Name != "description");
        return "{" + string.Join(',', rest.Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}")) + "}";
    }
}

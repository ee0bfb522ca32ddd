using System.Text;
using System.Text.Json;
using Reel.Models;

namespace Reel.Tests.Models;

public sealed class ParameterValidatorTests
{
    private static readonly HashSet<string> Reserved = ["webhook_url", "metadata", "idempotency_key"];

    [Fact]
    public void The_pages_own_examples_are_valid_as_they_are()
    {
        Assert.Equal(
            """{"prompt":"a scene shows a shitzu puppy walking through long grass","aspect_ratio":"16:9","cfg_scale":0.5,"duration":5,"mode":"std","negative_prompt":"No buildings, no artificial objects"}""",
            Valid("kling-1.6-text2video", PageExamples.Bodies["kling-1.6-text2video"]));
        Assert.Equal(
            """{"image":"https://segmind-sd-models.s3.us-east-1.amazonaws.com/display_images/kling-1.6-i2v-ip.png","cfg_scale":0.5,"duration":5,"mode":"pro","negative_prompt":"No sudden movements, no fast zooms.","prompt":"group of people talking to each other in an office setting"}""",
            Valid("kling-1.6-image2video", PageExamples.Bodies["kling-1.6-image2video"]));

        var sent = JsonElement.Parse(Valid("kling-2.6", PageExamples.Bodies["kling-2.6"]));
        var page = JsonElement.Parse(PageExamples.Bodies["kling-2.6"]);
        Assert.Equal(page.GetProperty("prompt").GetString(), sent.GetProperty("prompt").GetString());
        Assert.Equal("10", sent.GetProperty("duration").GetRawText());
        Assert.Equal(7, sent.EnumerateObject().Count());
    }

    [Fact]
    public void The_result_is_the_same_however_the_body_was_written()
    {
        var one = Valid("kling-2.6", """{"prompt":"caf\u00e9","duration":"5","cfg_scale":0.50,"mode":"pro"}""");
        var other = Valid("kling-2.6", """{ "mode" : "pro", "cfg_scale": 5e-1, "duration": 5.0, "prompt": "café", "image_url": null }""");

        Assert.Equal("""{"prompt":"café","cfg_scale":0.5,"duration":5,"mode":"pro"}""", one);
        Assert.Equal(one, other);
    }

    [Fact]
    public void Nothing_is_filled_in_and_nothing_reserved_is_sent_on() =>
        Assert.Equal(
            """{"prompt":"x"}""",
            Valid("kling-2.6", """{"webhook_url":17,"metadata":{"a":[1]},"idempotency_key":null,"prompt":"x","duration":null,"mode":null}"""));

    [Theory]
    [InlineData("""{"prompt":"line\nline\u0000\u001b[31m\u007f\u2028 \ud83d\ude00"}""")]
    [InlineData("""{"prompt":"\"quotes\" \\ and </script>"}""")]
    [InlineData("""{"prompt":"x","negative_prompt":""}""")]
    [InlineData("""{"prompt":"x","cfg_scale":0}""")]
    [InlineData("""{"prompt":"x","cfg_scale":-0.0}""")]
    [InlineData("""{"prompt":"x","cfg_scale":1.0}""")]
    [InlineData("""{"prompt":"x","cfg_scale":1e-400}""")]
    [InlineData("""{"prompt":"x","duration":1e1}""")]
    [InlineData("""{"prompt":"x","duration":"10"}""")]
    [InlineData("""{"prompt":"x","generate_audio":false}""")]
    [InlineData("""{"prompt":"x","image_url":"HTTPS://example.com/a%20b.png?x=1&y=2#z"}""")]
    [InlineData("""{"prompt":"x","image_url":"http://[::1]:8080/bücher.png"}""")]
    public void A_valid_body_comes_out_as_json_that_is_valid_again(string body)
    {
        var once = Valid("kling-2.6", body);

        Assert.Equal(once, Valid("kling-2.6", once));
        Assert.Equal(JsonElement.Parse(body).GetProperty("prompt").GetString(), JsonElement.Parse(once).GetProperty("prompt").GetString());
        Assert.DoesNotContain("-0", once, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "prompt is required")]
    [InlineData("""{"prompt":null}""", "prompt is required")]
    [InlineData("""{"prompt":""}""", "prompt must not be empty")]
    [InlineData("""{"prompt":" \t\n\u3000"}""", "prompt must not be empty")]
    [InlineData("""{"prompt":5}""", "prompt must be a string; got 5")]
    [InlineData("""{"prompt":["x"]}""", "prompt must be a string; got an array")]
    [InlineData("""{"prompt":{}}""", "prompt must be a string; got an object")]
    [InlineData("""{"prompt":"x","aspect_ratio":"4:3"}""", """aspect_ratio must be one of "16:9", "9:16", "1:1"; got "4:3" """)]
    [InlineData("""{"prompt":"x","aspect_ratio":"16:9 "}""", """aspect_ratio must be one of "16:9", "9:16", "1:1"; got "16:9 " """)]
    [InlineData("""{"prompt":"x","aspect_ratio":1.78}""", """aspect_ratio must be one of "16:9", "9:16", "1:1"; got 1.78""")]
    [InlineData("""{"prompt":"x","mode":"std"}""", """mode must be "pro"; got "std" """)]
    [InlineData("""{"prompt":"x","cfg_scale":1.01}""", "cfg_scale must be from 0 to 1; got 1.01")]
    [InlineData("""{"prompt":"x","cfg_scale":-1e-9}""", "cfg_scale must be from 0 to 1; got -1e-9")]
    [InlineData("""{"prompt":"x","cfg_scale":1e999}""", "cfg_scale must be a number from 0 to 1; got 1e999")]
    [InlineData("""{"prompt":"x","cfg_scale":"0.5"}""", """cfg_scale must be a number from 0 to 1; got "0.5" """)]
    [InlineData("""{"prompt":"x","cfg_scale":"NaN"}""", """cfg_scale must be a number from 0 to 1; got "NaN" """)]
    [InlineData("""{"prompt":"x","cfg_scale":true}""", "cfg_scale must be a number from 0 to 1; got true")]
    [InlineData("""{"prompt":"x","duration":7}""", "duration must be one of 5, 10; got 7")]
    [InlineData("""{"prompt":"x","duration":5.5}""", "duration must be one of 5, 10; got 5.5")]
    [InlineData("""{"prompt":"x","duration":1e300}""", "duration must be one of 5, 10; got 1e300")]
    [InlineData("""{"prompt":"x","duration":-5}""", "duration must be one of 5, 10; got -5")]
    [InlineData("""{"prompt":"x","duration":"5s"}""", """duration must be one of 5, 10; got "5s" """)]
    [InlineData("""{"prompt":"x","duration":"-5"}""", """duration must be one of 5, 10; got "-5" """)]
    [InlineData("""{"prompt":"x","duration":"99999999999"}""", """duration must be one of 5, 10; got "99999999999" """)]
    [InlineData("""{"prompt":"x","duration":false}""", "duration must be one of 5, 10; got false")]
    [InlineData("""{"prompt":"x","generate_audio":"true"}""", """generate_audio must be true or false; got "true" """)]
    [InlineData("""{"prompt":"x","generate_audio":1}""", "generate_audio must be true or false; got 1")]
    [InlineData("""{"prompt":"x","image_url":"a.png"}""", """image_url must be an absolute http or https URL; got "a.png" """)]
    [InlineData("""{"prompt":"x","image_url":""}""", """image_url must be an absolute http or https URL; got "" """)]
    [InlineData("""{"prompt":"x","image_url":"/a.png"}""", """image_url must be an absolute http or https URL; got "/a.png" """)]
    [InlineData("""{"prompt":"x","image_url":"file:///a.png"}""", """image_url must be an absolute http or https URL; got "file:///a.png" """)]
    [InlineData("""{"prompt":"x","image_url":"http://"}""", """image_url must be an absolute http or https URL; got "http://" """)]
    [InlineData("""{"prompt":"x","image_url":" https://a.example/"}""", """image_url must be an absolute http or https URL; got " https://a.example/" """)]
    [InlineData("""{"prompt":"x","image_url":"https://a.example/\u0000"}""", """image_url must be an absolute http or https URL; got "https://a.example/\u0000" """)]
    [InlineData("""{"prompt":"x","image_url":"\ud800"}""", """image_url must be an absolute http or https URL; got "\ud800" """)]
    [InlineData("""{"prompt":"x","image_url":7}""", "image_url must be an absolute http or https URL; got 7")]
    [InlineData("""{"prompt":"x","image_url":"https://me:secret@a.example/"}""", "image_url must be a URL without a user name or password in it")]
    [InlineData("""{"prompt":"x","Prompt":"y"}""", """Prompt is not a parameter of kling-2.6; did you mean "prompt"?""")]
    [InlineData("""{"prompt":"x","image":"y"}""", """image is not a parameter of kling-2.6; did you mean "image_url"?""")]
    [InlineData("""{"prompt":"x","negativePrompt":"y"}""", """negativePrompt is not a parameter of kling-2.6; did you mean "negative_prompt"?""")]
    [InlineData("""{"prompt":"x","druation":5}""", """druation is not a parameter of kling-2.6; did you mean "duration"?""")]
    [InlineData("""{"prompt":"x","webhok_url":""}""", """webhok_url is not a parameter of kling-2.6; did you mean "webhook_url"?""")]
    [InlineData("""{"prompt":"x","prompt":"y"}""", "prompt is there more than once; send it once")]
    [InlineData("""{"prompt":"x","prompt":"y","prompt":"z"}""", "prompt is there more than once; send it once")]
    [InlineData("""{"prompt":"x","metadata":1,"metadata":1}""", "metadata is there more than once; send it once")]
    [InlineData("""{"prompt":"x","seed":1}""", "seed is not a parameter of kling-2.6, which takes prompt, aspect_ratio, cfg_scale, duration, generate_audio, image_url, mode, negative_prompt")]
    public void A_fault_is_named_in_words_to_act_on(string body, string expected) =>
        Assert.Equal([expected.TrimEnd()], Faults("kling-2.6", body).Select(fault => fault.ToString()));

    [Theory]
    [InlineData("""{"prompt":"half \ud83d a pair"}""")]
    [InlineData("""{"prompt":"\udc00"}""")]
    public void Text_that_is_no_unicode_is_refused(string body) =>
        Assert.Contains("well-formed Unicode", Assert.Single(Faults("kling-2.6", body)).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_wherever_they_are()
    {
        byte[] body = [.. "{\"prompt\":\"a"u8, 0xff, .. "\",\"mode\":\""u8, 0xc3, .. "\",\"x"u8, 0xfe, .. "\":1,\"image_url\":\""u8, 0x80, .. "\"}"u8];

        var check = ParameterValidator.Validate(ModelCatalog.Find("kling-2.6")!, JsonElement.Parse(body), Reserved);

        Assert.Equal(["prompt", "image_url", "mode", "x\ufffd"], Assert.IsType<ParameterCheck.Invalid>(check).Faults.Select(fault => fault.Parameter));
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var faults = Faults(
            "kling-1.6-image2video",
            """{"duration":"7","mode":"best","cfg_scale":2,"negative_prompt":[],"sede":1,"duration":5,"aspect_ratio":"16:9","prompt":1}""");

        Assert.Equal(
            ["duration", "image", "cfg_scale", "duration", "mode", "negative_prompt", "prompt", "sede", "aspect_ratio"],
            faults.Select(fault => fault.Parameter));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"prompt\"")]
    [InlineData("1")]
    public void A_body_that_is_no_object_is_one_fault(string body) =>
        Assert.Equal(new(ParameterFault.Body, "must be a JSON object with the parameters of kling-2.6"), Assert.Single(Faults("kling-2.6", body)));

    [Fact]
    public void No_body_at_all_is_one_fault() =>
        Assert.Single(Assert.IsType<ParameterCheck.Invalid>(ParameterValidator.Validate(ModelCatalog.All[0], default, Reserved)).Faults);

    [Fact]
    public void Texts_and_links_have_a_longest()
    {
        string Prompt(int length) => $$"""{"prompt":"{{new string('x', length)}}"}""";
        string Image(int length) => $$"""{"prompt":"x","image_url":"{{"https://a.example/".PadRight(length, 'x')}}"}""";

        Valid("kling-2.6", Prompt(10_000));
        Valid("kling-2.6", Image(2_048));
        Assert.Equal("prompt must be at most 10,000 characters long; got 10,001", Assert.Single(Faults("kling-2.6", Prompt(10_001))).ToString());
        Assert.Equal("image_url must be at most 2,048 characters long; got 2,049", Assert.Single(Faults("kling-2.6", Image(2_049))).ToString());
    }

    [Fact]
    public void Long_values_and_names_are_shortened_in_messages()
    {
        var wide = string.Concat(Enumerable.Repeat("😀", 100_000));

        var faults = Faults("kling-2.6", $$"""{"prompt":"x","mode":"{{wide}}","{{wide}}":1,"cfg_scale":1{{new string('0', 100_000)}}}""");

        Assert.Equal(3, faults.Count);
        Assert.All(faults, fault => Assert.InRange(fault.ToString().Length, 1, 250));
        Assert.All(faults, fault => Assert.DoesNotContain('\ufffd', fault.ToString()));
    }

    [Fact]
    public void Countless_faults_are_counted_not_listed()
    {
        var names = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"p{i}\":1,\"p{i}\":2"));

        var faults = Faults("kling-2.6", $$"""{"prompt":"x",{{names}}}""");

        Assert.Equal(ParameterValidator.MostFaults + 1, faults.Count);
        Assert.Equal("body has 99950 more faults like these", faults[^1].ToString());
    }

    [Fact]
    public void No_body_whatever_makes_it_throw()
    {
        var random = new Random(20261120);
        var (valid, invalid) = (0, 0);
        for (var i = 0; i < 6_000; i++)
        {
            var model = ModelCatalog.All[random.Next(3)];
            var body = Encoding.Latin1.GetBytes(RandomJson.Body(random, model));

            // Latin-1 bytes over 0x7f are rarely UTF-8: the parser lets them pass inside strings.
            switch (ParameterValidator.Validate(model, JsonElement.Parse(body), Reserved))
            {
                case ParameterCheck.Valid good:
                    valid++;
                    Assert.Equal(new ParameterCheck.Valid(good.Json), ParameterValidator.Validate(model, JsonElement.Parse(good.Json), Reserved));
                    break;
                case ParameterCheck.Invalid bad:
                    invalid++;
                    Assert.NotEmpty(bad.Faults);
                    Assert.All(bad.Faults, fault => Assert.True(fault.Message.Length is > 0 and < 300, fault.Message));
                    JsonSerializer.Serialize(bad.Faults);
                    break;
            }
        }

        Assert.True(valid > 300 && invalid > 2_000, $"The bodies should be of both kinds: {valid} were valid, {invalid} were not.");
    }

    private static string Valid(string slug, string body)
    {
        var check = ParameterValidator.Validate(ModelCatalog.Find(slug)!, JsonElement.Parse(body), Reserved);
        return check is ParameterCheck.Valid valid ? valid.Json : throw new Xunit.Sdk.XunitException(check.ToString());
    }

    private static IReadOnlyList<ParameterFault> Faults(string slug, string body) =>
        Assert.IsType<ParameterCheck.Invalid>(ParameterValidator.Validate(ModelCatalog.Find(slug)!, JsonElement.Parse(body), Reserved)).Faults;
}

using System.Net;
using System.Text.Json;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class SubmitTests
{
    // The bodies that the three model pages show, with the first one's prompt shortened.
    public static TheoryData<string, string, string> Examples => new()
    {
        {
            "kling-2.6", "10s-16x9-audio",
            """
            {"prompt": "Visual: São Paulo, Brazil – a narrow street. Audio: “Painted walls talk loud, yeah, they know my name”",
             "negative_prompt": "no noise, no distortion, no clutter", "cfg_scale": 0.8, "duration": "10", "mode": "pro",
             "aspect_ratio": "16:9", "generate_audio": true}
            """
        },
        {
            "kling-1.6-text2video", "5s-16x9",
            """
            {"prompt": "a scene shows a shitzu puppy walking through long grass", "negative_prompt": "No buildings, no artificial objects",
             "cfg_scale": 0.5, "mode": "std", "aspect_ratio": "16:9", "duration": "5"}
            """
        },
        {
            "kling-1.6-image2video", "5s-16x9",
            """
            {"image": "https://segmind-sd-models.s3.us-east-1.amazonaws.com/display_images/kling-1.6-i2v-ip.png",
             "prompt": "group of people talking to each other in an office setting", "negative_prompt": "No sudden movements, no fast zooms.",
             "cfg_scale": 0.5, "mode": "pro", "duration": "5"}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_pages_own_examples_become_videos(string slug, string video, string body)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.PostAsync($"/v2/{slug}", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.JsonAsync();
        var id = answer.GetProperty("request_id").GetString()!;
        Assert.Equal('4', id[14]);
        Assert.Equal("QUEUED", answer.GetProperty("status").GetString());
        var root = emulator.Server.Url.ToString().TrimEnd('/');
        Assert.Equal($"{root}/v1/requests/{id}", answer.GetProperty("poll_url").GetString());
        Assert.Equal($"{root}/v2/requests/{id}/status", answer.GetProperty("status_url").GetString());
        Assert.Equal($"{root}/v2/requests/{id}", answer.GetProperty("response_url").GetString());

        emulator.Time.Turn(TimeSpan.FromMinutes(20));
        var result = await emulator.GetJsonAsync($"/v2/requests/{id}");
        var bytes = await emulator.Http.GetByteArrayAsync(result.GetProperty("output").GetString());
        Assert.Equal(Media.Bytes(video), bytes);
    }

    [Theory]
    [InlineData("kling-2.6", """{"prompt": "x"}""", 1.75)]
    [InlineData("kling-2.6", """{"prompt": "x", "duration": 5, "generate_audio": false, "image_url": null}""", 0.438)]
    [InlineData("kling-2.6", """{"prompt": "x", "duration": 5}""", 0.875)]
    [InlineData("kling-1.6-text2video", """{"prompt": "x", "unlisted": 1}""", 0.56)]
    [InlineData("kling-1.6-image2video", """{"image": "http://x/y.png", "duration": 10}""", 1.96)]
    public async Task A_job_costs_by_duration_mode_and_sound(string slug, string body, double price)
    {
        await using var emulator = await TestEmulator.StartAsync(credits: 10);

        using var response = await emulator.PostAsync($"/v2/{slug}", body);
        var id = (await response.JsonAsync()).GetProperty("request_id").GetString();
        emulator.Time.Turn(TimeSpan.FromMinutes(20));

        var metrics = (await emulator.GetJsonAsync($"/v2/requests/{id}")).GetProperty("metrics");
        Assert.Equal(price, metrics.GetProperty("cost").GetDouble());
        Assert.Equal(10 - price, metrics.GetProperty("remaining_credits").GetDouble(), 6);
        Assert.Equal(10 - price, (double)await emulator.BalanceAsync(), 6);
    }

    [Theory]
    [InlineData("kling-2.6", """{}""", "prompt is required")]
    [InlineData("kling-2.6", """{"prompt": " "}""", "prompt must not be empty")]
    [InlineData("kling-2.6", """{"prompt": 1, "duration": 7}""", "prompt must be a string; duration must be one of 5, 10")]
    [InlineData("kling-2.6", """{"prompt": "x", "mode": "std"}""", "mode must be one of pro")]
    [InlineData("kling-2.6", """{"prompt": "x", "cfg_scale": 1.01}""", "cfg_scale must be a number from 0 to 1")]
    [InlineData("kling-2.6", """{"prompt": "x", "generate_audio": "yes"}""", "generate_audio must be true or false")]
    [InlineData("kling-2.6", """{"prompt": "x", "image_url": "fox.png"}""", "image_url must be a URL")]
    [InlineData("kling-2.6", """{"prompt": "x", "negative_prompt": null}""", "negative_prompt must be a string")]
    [InlineData("kling-1.6-text2video", """{"prompt": "x", "mode": "pro"}""", "mode must be one of std")]
    [InlineData("kling-1.6-text2video", """{"prompt": "x", "aspect_ratio": "4:3"}""", "aspect_ratio must be one of 16:9, 9:16, 1:1")]
    [InlineData("kling-1.6-text2video", """{"prompt": "x", "duration": "ten"}""", "duration must be one of 5, 10")]
    [InlineData("kling-1.6-image2video", """{"prompt": "x"}""", "image is required")]
    [InlineData("kling-1.6-image2video", """{"image": "https://x/y.png", "duration": 5.5}""", "duration must be one of 5, 10")]
    [InlineData("kling-2.6", """["x"]""", "The body must be a JSON object")]
    [InlineData("kling-2.6", """{"prompt": """, "Malformed JSON body")]
    [InlineData("kling-2.6", "", "Malformed JSON body")]
    public async Task A_wrong_body_is_400_and_says_why(string slug, string body, string error)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.PostAsync($"/v2/{slug}", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(error, await response.ErrorAsync());
        Assert.Equal(0, (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Ten_thousand_jobs_are_in_flight_at_once_and_all_of_them_end()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var ids = new string[10_000];

        await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (index, _) =>
            ids[index] = await emulator.AcceptedAsync($"fox {index}"));

        Assert.Equal(ids.Length, ids.Distinct().Count());
        var summary = await emulator.SummaryAsync();
        Assert.Equal(ids.Length, summary.GetProperty("accepted").GetInt32());
        Assert.Equal(ids.Length, summary.GetProperty("submits_by_prompt").EnumerateObject().Count());
        Assert.Equal(1_000_000 - (0.56m * ids.Length), await emulator.BalanceAsync());
        emulator.Time.Turn(TimeSpan.FromMinutes(20));
        foreach (var id in ids.Where((_, index) => index % 100 == 0))
            Assert.Equal("COMPLETED", (await emulator.GetJsonAsync($"/v2/requests/{id}/status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_submitted_is_shown_as_it_came()
    {
        await using var emulator = await TestEmulator.StartAsync();
        const string body = """{"prompt": "São “x”", "duration": "5", "webhook_url": "https://x/y"}""";

        using var response = await emulator.PostAsync($"/v2/{TestEmulator.Text}", body);

        var seen = (await emulator.GetJsonAsync("/emulator/requests")).GetProperty("requests")[0];
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(body).RootElement, seen.GetProperty("parameters")));
    }
}

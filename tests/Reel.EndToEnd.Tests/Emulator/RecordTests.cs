using System.Net;
using System.Text.Json;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class RecordTests
{
    [Fact]
    public async Task A_job_is_queued_then_processing_then_completed()
    {
        await using var emulator = await TestEmulator.StartAsync(seed: 1);
        var id = await emulator.AcceptedAsync();

        var queued = await emulator.GetJsonAsync($"/v2/requests/{id}/status");
        emulator.Time.Turn(TimeSpan.FromSeconds(5));
        var processing = await emulator.GetJsonAsync($"/v2/requests/{id}");
        emulator.Time.Turn(TimeSpan.FromMinutes(20));
        var completed = await emulator.GetJsonAsync($"/v2/requests/{id}/status");

        Assert.Equal("QUEUED", queued.GetProperty("status").GetString());
        Assert.Equal("PROCESSING", processing.GetProperty("status").GetString());
        foreach (var working in (JsonElement[])[queued, processing])
        {
            Assert.Equal(["status", "request_id", "status_url", "response_url", "metrics"], Names(working));
            Assert.Empty(Names(working.GetProperty("metrics")));
        }
        Assert.Equal("COMPLETED", completed.GetProperty("status").GetString());
        Assert.Equal(["status", "request_id", "metrics"], Names(completed));
        Assert.Equal(["inference_time"], Names(completed.GetProperty("metrics")));
    }

    [Fact]
    public async Task A_result_tells_the_video_its_cost_and_its_times_on_both_endpoints()
    {
        await using var emulator = await TestEmulator.StartAsync();

        var result = await emulator.CompletedAsync();

        Assert.Equal(["status", "request_id", "output", "video", "metrics"], Names(result));
        var video = result.GetProperty("video");
        Assert.Equal(["url", "content_type", "file_name", "file_size"], Names(video));
        Assert.Equal(result.GetProperty("output").GetString(), video.GetProperty("url").GetString());
        Assert.Equal("video/mp4", video.GetProperty("content_type").GetString());
        Assert.Equal(Media.Bytes("5s-16x9").Length, video.GetProperty("file_size").GetInt32());
        var metrics = result.GetProperty("metrics");
        Assert.Equal(["cost", "remaining_credits", "inference_time", "queue_time", "total_time"], Names(metrics));
        Assert.Equal(
            metrics.GetProperty("total_time").GetDouble(),
            metrics.GetProperty("inference_time").GetDouble() + metrics.GetProperty("queue_time").GetDouble(), tolerance: 0.0001);
        var older = await emulator.GetJsonAsync($"/v1/requests/{result.GetProperty("request_id").GetString()}");
        Assert.True(JsonElement.DeepEquals(result, older));
    }

    [Theory]
    [InlineData("a fox [fail]", "Inference failed: the model could not generate a video")]
    [InlineData("a fox [blocked]", "Content blocked: the prompt or image was flagged by the safety system")]
    public async Task A_failed_job_is_422_on_both_reads_and_costs_nothing(string prompt, string error)
    {
        await using var emulator = await TestEmulator.StartAsync(credits: 10);
        var id = await emulator.AcceptedAsync(prompt);
        emulator.Time.Turn(TimeSpan.FromMinutes(20));

        foreach (var path in (string[])[$"/v2/requests/{id}", $"/v2/requests/{id}/status", $"/v1/requests/{id}"])
        {
            using var response = await emulator.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            var record = await response.JsonAsync();
            Assert.Equal(["status", "error", "metrics"], Names(record));
            Assert.Equal("FAILED", record.GetProperty("status").GetString());
            Assert.Equal(error, record.GetProperty("error").GetString());
            Assert.Equal(["inference_time", "queue_time", "total_time"], Names(record.GetProperty("metrics")));
        }
        Assert.Equal(10, await emulator.BalanceAsync());
    }

    [Fact]
    public async Task Prompts_can_ask_for_a_slow_a_stuck_and_a_retried_job()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var slow = await emulator.AcceptedAsync("[slow]");
        var stuck = await emulator.AcceptedAsync("[stuck]");
        var retried = await emulator.AcceptedAsync("[retried]");

        emulator.Time.Turn(TimeSpan.FromSeconds(304 * 2.5));
        var early = await emulator.GetJsonAsync($"/v2/requests/{slow}/status");
        var again = await emulator.GetJsonAsync($"/v2/requests/{retried}");
        emulator.Time.Turn(TimeSpan.FromSeconds(304 * 10));
        var late = await emulator.GetJsonAsync($"/v2/requests/{stuck}/status");

        Assert.Equal("PROCESSING", early.GetProperty("status").GetString());
        Assert.Equal(1, again.GetProperty("metrics").GetProperty("retry_count").GetInt32());
        Assert.Equal("PROCESSING", late.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_record_is_gone_an_hour_after_the_job_ended_and_its_video_after_seven_days()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync();
        emulator.Time.Turn(TimeSpan.FromMinutes(15));
        var result = await emulator.GetJsonAsync($"/v2/requests/{id}");
        var ended = TimeSpan.FromSeconds(result.GetProperty("metrics").GetProperty("total_time").GetDouble());
        var url = result.GetProperty("output").GetString();

        emulator.Time.Turn(ended + TimeSpan.FromMinutes(59 - 15));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(emulator, $"/v2/requests/{id}"));
        emulator.Time.Turn(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf(emulator, $"/v2/requests/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf(emulator, $"/v2/requests/{id}/status"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(emulator, url!));

        emulator.Time.Turn(TimeSpan.FromDays(7) - TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(emulator, url!));
        emulator.Time.Turn(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf(emulator, url!));

        // What is forgotten is swept out when others come.
        var other = await emulator.AcceptedAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusOf(emulator, $"/v2/requests/{other}"));
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_times_and_another_seed_others()
    {
        var first = await TimesAsync(seed: 5, speed: 1);
        var again = await TimesAsync(seed: 5, speed: 1);
        var other = await TimesAsync(seed: 6, speed: 1);
        var faster = await TimesAsync(seed: 5, speed: 10);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.Equal(first.Select(one => one / 10), faster, (one, two) => Math.Abs(one - two) < 0.002);
        Assert.Equal(20, first.Distinct().Count());
        Assert.InRange(first.Average(), 304.08 * 0.85, 304.08 * 1.2);
    }

    private static async Task<double[]> TimesAsync(int seed, double speed)
    {
        await using var emulator = await TestEmulator.StartAsync(seed: seed, speed: speed);
        var times = new double[20];
        for (var index = 0; index < times.Length; index++)
            times[index] = (await emulator.CompletedAsync()).GetProperty("metrics").GetProperty("total_time").GetDouble();
        return times;
    }

    private static async Task<HttpStatusCode> StatusOf(TestEmulator emulator, string url)
    {
        using var response = await emulator.Http.GetAsync(url);
        return response.StatusCode;
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name)];
}

using System.Globalization;
using System.Net;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class SynchronousTests
{
    [Fact]
    public async Task The_older_endpoint_answers_with_the_video_itself()
    {
        await using var emulator = await TestEmulator.StartAsync(speed: 2000);

        using var response = await emulator.PostAsync("/v1/kling-2.6", """{"prompt": "a fox", "duration": "5"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("video/mp4", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Media.Bytes("5s-16x9-audio"), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("0.875", response.Headers.GetValues("x-cost").Single());
        Assert.Equal("999999.125", response.Headers.GetValues("x-remaining-credits").Single());
        Assert.InRange(double.Parse(response.Headers.GetValues("x-generation-time").Single(), CultureInfo.InvariantCulture), 0.01, 1);
        var id = response.Headers.GetValues("x-request-id").Single();
        Assert.Equal("COMPLETED", (await emulator.GetJsonAsync($"/v1/requests/{id}")).GetProperty("status").GetString());
        var seen = (await emulator.GetJsonAsync("/emulator/requests?kind=v1")).GetProperty("requests")[0];
        Assert.True(seen.GetProperty("accepted").GetBoolean());
        Assert.Equal(id, seen.GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task A_render_that_fails_there_is_500()
    {
        await using var emulator = await TestEmulator.StartAsync(speed: 2000);

        using var response = await emulator.PostAsync("/v1/kling-2.6", """{"prompt": "a fox [fail]"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("Inference failed: the model could not generate a video", await response.ErrorAsync());
        Assert.Equal(1_000_000, await emulator.BalanceAsync());
    }

    [Fact]
    public async Task A_wrong_body_is_400_there_too()
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await emulator.PostAsync("/v1/kling-2.6", "{}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("prompt is required", await response.ErrorAsync());
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_end_the_job()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var leaving = new CancellationTokenSource();
        var call = emulator.Http.PostAsync("/v1/kling-2.6", TestEmulator.JsonBody("""{"prompt": "a fox"}"""), leaving.Token);
        await Until.TrueAsync(async () => (await emulator.SummaryAsync()).GetProperty("accepted").GetInt32() == 1);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        emulator.Time.Turn(TimeSpan.FromMinutes(10));
        var id = (await emulator.GetJsonAsync("/emulator/requests?kind=v1")).GetProperty("requests")[0].GetProperty("request_id").GetString();
        Assert.Equal("COMPLETED", (await emulator.GetJsonAsync($"/v2/requests/{id}/status")).GetProperty("status").GetString());
    }
}

using System.Net;
using System.Security.Cryptography;
using Reel.Emulator.Media;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class JobFaultTests
{
    [Theory]
    [InlineData("submit")]
    [InlineData("status")]
    [InlineData("result")]
    public async Task A_job_can_be_made_to_fail_for_good_with_any_error(string where)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "{{where}}", "kind": "fail_job", "error": "GPU on fire", "times": 1}]""");
        var id = await emulator.AcceptedAsync();
        emulator.Time.Turn(TimeSpan.FromMinutes(20));

        using var struck = await emulator.Http.GetAsync(where == "result" ? $"/v2/requests/{id}" : $"/v2/requests/{id}/status");
        using var afterwards = await emulator.Http.GetAsync($"/v2/requests/{id}");

        foreach (var response in (HttpResponseMessage[])[struck, afterwards])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            Assert.Equal("GPU on fire", (await response.JsonAsync()).GetProperty("error").GetString());
        }
        Assert.Equal(1_000_000, await emulator.BalanceAsync());
    }

    [Fact]
    public async Task A_job_can_be_made_to_fail_before_its_time()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync("[stuck]");
        await emulator.FaultsAsync("""[{"where": "status", "kind": "fail_job"}]""");

        using var response = await emulator.Http.GetAsync($"/v2/requests/{id}/status");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task A_render_can_take_as_long_as_one_likes()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""[{"where": "submit", "kind": "render_time", "seconds": 7200}]""");
        var id = await emulator.AcceptedAsync();

        emulator.Time.Turn(TimeSpan.FromMinutes(119));
        var before = (await emulator.GetJsonAsync($"/v2/requests/{id}")).GetProperty("status").GetString();
        emulator.Time.Turn(TimeSpan.FromMinutes(2));
        var after = await emulator.GetJsonAsync($"/v2/requests/{id}");

        Assert.Equal("PROCESSING", before);
        Assert.Equal(7200, after.GetProperty("metrics").GetProperty("inference_time").GetDouble(), 1);
    }

    [Theory]
    [InlineData("QUEUED")]
    [InlineData("PROCESSING")]
    public async Task A_finished_job_can_seem_to_run_backwards(string state)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = (await emulator.CompletedAsync()).GetProperty("request_id").GetString();
        await emulator.FaultsAsync($$"""[{"where": "status", "kind": "backwards", "as": "{{state}}", "times": 1}]""");

        var struck = await emulator.GetJsonAsync($"/v2/requests/{id}/status");
        var afterwards = await emulator.GetJsonAsync($"/v2/requests/{id}/status");

        Assert.Equal(state, struck.GetProperty("status").GetString());
        Assert.Equal("COMPLETED", afterwards.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_job_that_renders_can_seem_to_be_queued_again()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = await emulator.AcceptedAsync("[stuck]");
        emulator.Time.Turn(TimeSpan.FromMinutes(1));
        await emulator.FaultsAsync("""[{"where": "status", "kind": "backwards", "from": 2, "times": 1}]""");

        var states = new List<string?>();
        for (var i = 0; i < 3; i++) states.Add((await emulator.GetJsonAsync($"/v2/requests/{id}/status")).GetProperty("status").GetString());

        Assert.Equal(["PROCESSING", "QUEUED", "PROCESSING"], states);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_result_can_run_backwards_while_the_status_says_that_it_is_done(string version)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var id = (await emulator.CompletedAsync()).GetProperty("request_id").GetString();
        await emulator.FaultsAsync("""[{"where": "result", "kind": "backwards", "as": "PROCESSING", "times": 1}]""");

        var status = await emulator.GetJsonAsync($"/v2/requests/{id}/status");
        var struck = await emulator.GetJsonAsync($"/{version}/requests/{id}");
        var afterwards = await emulator.GetJsonAsync($"/{version}/requests/{id}");

        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
        Assert.Equal("PROCESSING", struck.GetProperty("status").GetString());
        Assert.False(struck.TryGetProperty("output", out var output) && output.ValueKind is System.Text.Json.JsonValueKind.String);
        Assert.Equal("COMPLETED", afterwards.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_record_can_expire_at_once_or_soon_after_the_job()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "expire_record", "seconds": 30, "prompt_contains": "soon"},
             {"where": "status", "kind": "expire_record", "prompt_contains": "now"}]
            """);
        var now = await emulator.AcceptedAsync("now");
        var soon = await emulator.AcceptedAsync("soon");

        using var struck = await emulator.Http.GetAsync($"/v2/requests/{now}/status");
        using var gone = await emulator.Http.GetAsync($"/v2/requests/{now}");
        emulator.Time.Turn(TimeSpan.FromMinutes(20));
        using var tooLate = await emulator.Http.GetAsync($"/v2/requests/{soon}");

        foreach (var response in (HttpResponseMessage[])[struck, gone, tooLate])
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal($"Request {now} not found", await struck.ErrorAsync());
    }

    [Fact]
    public async Task A_link_can_expire_at_once_or_soon_after_the_job()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync("""
            [{"where": "submit", "kind": "expire_file", "seconds": 1, "prompt_contains": "soon"},
             {"where": "download", "kind": "expire_file", "prompt_contains": "now", "from": 2}]
            """);
        var now = await emulator.VideoUrlAsync("now");
        var soon = await emulator.VideoUrlAsync("soon");

        using var first = await emulator.Http.GetAsync(now);
        using var second = await emulator.Http.GetAsync(now);
        using var tooLate = await emulator.Http.GetAsync(soon);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, tooLate.StatusCode);
    }

    [Fact]
    public async Task A_video_of_any_size_is_generated_on_the_fly_and_announced_rightly()
    {
        const long Size = 64_000_000;
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.FaultsAsync($$"""[{"where": "submit", "kind": "file_size", "bytes": {{Size}}}]""");
        var result = await emulator.CompletedAsync();
        var url = new Uri(result.GetProperty("output").GetString()!);
        var expected = new GeneratedVideo(Size);

        using var response = await emulator.Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        Assert.Equal(Size, result.GetProperty("video").GetProperty("file_size").GetInt64());
        Assert.Equal(Size, response.Content.Headers.ContentLength);
        Assert.Equal(await SHA256.HashDataAsync(expected), await SHA256.HashDataAsync(body));
        using var part = await DownloadTests.GetRangeAsync(emulator, url, Size - 1003, null);
        var tail = new byte[1003];
        expected.Position = Size - 1003;
        expected.ReadExactly(tail);
        Assert.Equal(tail, await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void A_generated_video_is_as_the_README_says()
    {
        var bytes = new byte[100];
        new GeneratedVideo(100).ReadExactly(bytes);

        Assert.Equal("ftypisom"u8.ToArray(), bytes[4..12]);
        Assert.Equal("mdat"u8.ToArray(), bytes[28..32]);
        Assert.Equal(76, bytes[39]);
        // Output number 5 of SplitMix64 from state zero, as published with the generator's reference code.
        Assert.Equal(0x53CB9F0C747EA2EAUL, BitConverter.ToUInt64(bytes, 40));
        for (var from = 0; from < bytes.Length; from++)
        {
            var stream = new GeneratedVideo(100) { Position = from };
            var rest = new byte[bytes.Length - from];
            stream.ReadExactly(rest);
            Assert.Equal(bytes[from..], rest);
            Assert.Equal(0, stream.Read(rest));
        }
        Assert.Equal(10, new GeneratedVideo(10).Read(new byte[100]));
    }
}

using System.Net;
using System.Net.Http.Headers;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class DownloadTests
{
    public static TheoryData<string, string, double, bool> Videos
    {
        get
        {
            var data = new TheoryData<string, string, double, bool>();
            foreach (var seconds in (int[])[5, 10])
                foreach (var aspect in (string[])["16:9", "9:16", "1:1"])
                    foreach (var audio in (bool[])[true, false])
                        data.Add(
                            $$"""{"prompt": "x", "duration": {{seconds}}, "aspect_ratio": "{{aspect}}", "generate_audio": {{(audio ? "true" : "false")}}}""",
                            $"{seconds}s-{aspect.Replace(':', 'x')}{(audio ? "-audio" : "")}", seconds, audio);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Videos))]
    public async Task Each_combination_has_a_real_video_of_its_own(string body, string name, double seconds, bool audio)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var submit = await emulator.PostAsync("/v2/kling-2.6", body);
        var id = (await submit.JsonAsync()).GetProperty("request_id").GetString();
        emulator.Time.Turn(TimeSpan.FromMinutes(10));

        var url = (await emulator.GetJsonAsync($"/v2/requests/{id}")).GetProperty("output").GetString();
        var bytes = await emulator.Http.GetByteArrayAsync(url);

        Assert.Equal(Media.Bytes(name), bytes);
        Assert.Equal(seconds, Media.Seconds(bytes), 2);
        Assert.True(Media.Has(bytes, "avc1"));
        Assert.Equal(audio, Media.Has(bytes, "mp4a"));
        Assert.InRange(bytes.Length, 1000, 60 * 1024);
    }

    [Fact]
    public async Task A_video_needs_no_key_and_says_what_it_is()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var url = await emulator.VideoUrlAsync();
        using var http = new HttpClient();

        using var get = await http.GetAsync(url);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));

        foreach (var response in (HttpResponseMessage[])[get, head])
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("video/mp4", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(Media.Bytes("5s-16x9").Length, response.Content.Headers.ContentLength);
            Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
            Assert.False(response.Headers.ETag!.IsWeak);
        }
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_is_served_and_one_beyond_the_end_is_refused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var url = await emulator.VideoUrlAsync();
        var whole = Media.Bytes("5s-16x9");

        using var part = await GetRangeAsync(emulator, url, 100, 199);
        using var beyond = await GetRangeAsync(emulator, url, whole.Length, null);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal($"bytes 100-199/{whole.Length}", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(whole[100..200], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Fact]
    public async Task What_the_caller_has_already_is_not_sent_again()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var url = await emulator.VideoUrlAsync();
        using var first = await emulator.Http.GetAsync(url);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await emulator.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task A_video_cannot_be_had_before_it_is_done_nor_by_guessing()
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var guess = await emulator.Http.GetAsync("/files/00000000000000000000000000000000.mp4");
        using var odd = await emulator.Http.GetAsync("/files/x");

        Assert.Equal(HttpStatusCode.NotFound, guess.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, odd.StatusCode);
        Assert.Contains("not found", await guess.ErrorAsync(), StringComparison.Ordinal);
    }

    internal static async Task<HttpResponseMessage> GetRangeAsync(TestEmulator emulator, Uri url, long from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(from, to) } };
        return await emulator.Http.SendAsync(request);
    }
}

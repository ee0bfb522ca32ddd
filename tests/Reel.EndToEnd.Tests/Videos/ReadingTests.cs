using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Azure.Core;
using Azure.Core.Pipeline;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

public sealed class ReadingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly byte[] video = Samples.Mp4((3 * Samples.MiB) + 7);

    [Fact]
    public async Task A_link_reads_the_video_and_parts_of_it_without_any_key()
    {
        using var test = await SavedAsync();
        using var client = new HttpClient();
        var link = await test.Store.MintLinkAsync("request-1.mp4", default);

        Assert.Equal(video, await client.GetByteArrayAsync(link.Url));
        using var part = new HttpRequestMessage(HttpMethod.Get, link.Url) { Headers = { Range = new RangeHeaderValue(10, 19) } };
        using var answer = await client.SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(video[10..20], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("video/mp4", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_link_reads_this_blob_and_does_nothing_else()
    {
        using var test = await SavedAsync();
        using var client = new HttpClient();
        var link = (await test.Store.MintLinkAsync("request-1.mp4", default)).Url;
        var signature = link.Query;
        var other = new UriBuilder(test.Container.Uri + "/request-2.mp4") { Query = signature }.Uri;
        var list = new UriBuilder(test.Container.Uri) { Query = signature + "&restype=container&comp=list" }.Uri;
        using var put = new HttpRequestMessage(HttpMethod.Put, link) { Content = new ByteArrayContent([1]), Headers = { { "x-ms-blob-type", "BlockBlob" } } };

        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(put)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.DeleteAsync(link)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(other)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(list)).StatusCode);
        Assert.Equal(video, await test.ReadAsync());
    }

    [Fact]
    public async Task A_link_ends_when_its_lifetime_does()
    {
        var lifetime = TimeSpan.FromHours(1);
        var now = DateTimeOffset.UtcNow;
        using var client = new HttpClient();
        async Task<HttpStatusCode> GetAsync(TimeSpan age)
        {
            using var test = await SavedAsync(options => options.LinkLifetime = lifetime, new StoppedClock(now - age));
            var link = await test.Store.MintLinkAsync("request-1.mp4", default);
            Assert.Equal((now - age + lifetime).ToUnixTimeSeconds(), link.ExpiresAt.ToUnixTimeSeconds());
            return (await client.GetAsync(link.Url, HttpCompletionOption.ResponseHeadersRead)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await GetAsync(TimeSpan.Zero));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(lifetime - TimeSpan.FromMinutes(1)));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(lifetime + TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task The_container_is_private()
    {
        using var test = await SavedAsync();
        using var client = new HttpClient();

        var answer = await client.GetAsync(new Uri(test.Container.Uri + "/request-1.mp4"));

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_opened_video_reads_from_wherever_it_is_put()
    {
        using var test = await SavedAsync();

        var opened = await test.Store.OpenAsync("request-1.mp4", default);

        Assert.NotNull(opened);
        await using var content = opened.Content;
        Assert.True(content.CanSeek);
        Assert.Equal(video.Length, content.Length);
        Assert.Equal(video.Length, opened.Video.Length);
        foreach (var start in new[] { 0, (2 * Samples.MiB) + 1, 5, video.Length - 10 })
        {
            content.Seek(start, SeekOrigin.Begin);
            var part = new byte[10];
            await content.ReadExactlyAsync(part);
            Assert.Equal(video[start..(start + 10)], part);
        }
        content.Seek(0, SeekOrigin.Begin);
        using var whole = new MemoryStream();
        await content.CopyToAsync(whole);
        Assert.Equal(video, whole.ToArray());
    }

    [Fact]
    public async Task A_video_that_is_served_holds_a_quarter_of_a_mebibyte()
    {
        var ranges = new RangeWatch();
        await using var server = ScriptedServer.Sending(video);
        using var test = new TestStore(azurite.ConnectionString, watch: ranges);
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url));

        var opened = await test.Store.OpenAsync("request-1.mp4", default);
        await using (var content = opened!.Content) await content.CopyToAsync(Stream.Null);

        Assert.NotEmpty(ranges.Lengths);
        Assert.All(ranges.Lengths, length => Assert.InRange(length, 1, 256 * 1024));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_cannot_be_deleted()
    {
        using var test = new TestStore(azurite.ConnectionString);

        Assert.Null(await test.Store.FindAsync("none.mp4", default));
        Assert.Null(await test.Store.OpenAsync("none.mp4", default));
        Assert.False(await test.Store.DeleteAsync("none.mp4", default));
    }

    [Fact]
    public async Task A_deleted_video_is_gone_and_can_be_saved_again()
    {
        using var test = await SavedAsync();

        Assert.True(await test.Store.DeleteAsync("request-1.mp4", default));

        Assert.Null(await test.Store.FindAsync("request-1.mp4", default));
        await using var server = ScriptedServer.Sending(video);
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url));
    }

    private async Task<TestStore> SavedAsync(Action<VideoOptions>? configure = null, TimeProvider? time = null)
    {
        await using var server = ScriptedServer.Sending(video);
        var test = new TestStore(azurite.ConnectionString, configure, time);
        Assert.IsType<SaveOutcome.Saved>(await test.SaveAsync(server.Url));
        return test;
    }

    /// <summary>How much each read of a blob asks for.</summary>
    private sealed class RangeWatch : HttpPipelineSynchronousPolicy
    {
        public ConcurrentQueue<long> Lengths { get; } = new();

        public override void OnSendingRequest(HttpMessage message)
        {
            if (!message.Request.Headers.TryGetValue("x-ms-range", out var range)) return;
            var ends = range["bytes=".Length..].Split('-').Select(long.Parse).ToArray();
            Lengths.Enqueue(ends[1] - ends[0] + 1);
        }
    }
}

using System.Net;
using System.Net.Http.Headers;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /v2/requests/{id}/video: the bytes, a part of them, or word that they are known already.</summary>
[Collection(ApiTests.Name)]
public sealed class VideoTests(ApiDesk desk)
{
    [Fact]
    public async Task It_streams_the_whole_or_the_part_that_is_asked_for()
    {
        var (path, bytes) = await RenderAsync("a pier");

        using var whole = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal(bytes.Length, whole.Content.Headers.ContentLength);
        Assert.Equal("video/mp4", whole.Content.Headers.ContentType!.MediaType);
        Assert.Contains("bytes", whole.Headers.AcceptRanges);
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());

        using var part = await GetAsync(path, request => request.Headers.Range = new RangeHeaderValue(100, 199));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal($"bytes 100-199/{bytes.Length}", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(bytes[100..200], await part.Content.ReadAsByteArrayAsync());

        using var tail = await GetAsync(path, request => request.Headers.Range = new RangeHeaderValue(null, 10));
        Assert.Equal(bytes[^10..], await tail.Content.ReadAsByteArrayAsync());

        using var beyond = await GetAsync(path, request => request.Headers.Range = new RangeHeaderValue(bytes.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal(bytes.Length, beyond.Content.Headers.ContentRange!.Length);
    }

    [Fact]
    public async Task What_the_caller_has_already_is_not_sent_again()
    {
        var (path, bytes) = await RenderAsync("a quay");
        using var head = await GetAsync(path, request => request.Method = HttpMethod.Head);
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
        var tag = head.Headers.ETag!;
        Assert.False(tag.IsWeak);

        using var known = await GetAsync(path, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Empty(await known.Content.ReadAsByteArrayAsync());

        using var resumed = await GetAsync(path, request =>
        {
            request.Headers.Range = new RangeHeaderValue(50, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        });
        Assert.Equal(HttpStatusCode.PartialContent, resumed.StatusCode);

        using var changed = await GetAsync(path, request =>
        {
            request.Headers.Range = new RangeHeaderValue(50, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"another\""));
        });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Before_it_is_there_and_after_a_failure_it_says_so()
    {
        var rendering = await desk.Caller.SubmitAsync(desk.Bench.Body("a snail [slow]"));
        var early = await desk.Caller.GetAsync($"/v2/requests/{rendering}/video");
        Assert.Equal((HttpStatusCode.Conflict, "not_ready"), (early.Status, early["error_code"]));

        var failing = await desk.Caller.SubmitAsync(desk.Bench.Body("a wreck [fail]"));
        await desk.Caller.FinishAsync(failing);
        var never = await desk.Caller.GetAsync($"/v2/requests/{failing}/video");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "provider_failed"), (never.Status, never["error_code"]));
    }

    private async Task<(string Path, byte[] Bytes)> RenderAsync(string prompt)
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body(prompt));
        var result = await desk.Caller.CompleteAsync(id);
        Assert.Equal(new Uri(desk.Reel.Url, $"/v2/requests/{id}/video").AbsoluteUri, (string?)result.Body!["video"]!["stream_url"]);
        return ($"/v2/requests/{id}/video", await desk.Bench.Provider.FileAsync(result["provider_request_id"]!));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change?.Invoke(request);
        return await desk.Caller.Http.SendAsync(request);
    }
}

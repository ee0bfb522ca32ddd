using System.Net;

namespace Reel.EndToEnd.Tests.Emulator;

public sealed class DownloadFaultTests : IAsyncLifetime
{
    private static readonly byte[] Whole = Media.Bytes("5s-16x9");

    private TestEmulator emulator = null!;

    public async Task InitializeAsync() => emulator = await TestEmulator.StartAsync();

    public Task DisposeAsync() => emulator.DisposeAsync().AsTask();

    [Theory]
    [InlineData("""{"kind": "truncated"}""", 0.5)]
    [InlineData("""{"kind": "empty"}""", 0)]
    public async Task A_download_can_be_shorter_than_announced_without_saying_so(string rule, double share)
    {
        using var response = await DownloadAsync(rule);

        var length = (int)(Whole.Length * share);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal(Whole[..length], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_be_cut_after_so_many_bytes()
    {
        using var response = await DownloadAsync("""{"kind": "truncated", "bytes": 77}""");

        Assert.Equal(Whole[..77], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_be_longer_than_announced()
    {
        using var response = await DownloadAsync("""{"kind": "oversized", "bytes": 10}""");

        byte[] padded = [.. Whole, .. new byte[10]];
        Assert.Equal(padded, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_be_of_the_right_length_and_wrong_all_through()
    {
        using var response = await DownloadAsync("""{"kind": "corrupt"}""");

        Assert.Equal(Whole.Select(one => (byte)~one), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_be_a_web_page()
    {
        using var response = await DownloadAsync("""{"kind": "html"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("<!doctype html>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind": "reset_mid_body"}""", 0)]
    [InlineData("""{"kind": "wrong_length", "bytes": 1000000}""", 1_000_000)]
    public async Task A_download_can_break_off(string rule, long announced)
    {
        using var response = await DownloadAsync(rule);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(announced == 0 ? Whole.Length : announced, response.Content.Headers.ContentLength);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_announce_less_than_there_is()
    {
        using var response = await DownloadAsync("""{"kind": "wrong_length", "bytes": 99}""");

        // What comes beyond is no part of this answer, and spoils the connection for the next one.
        Assert.Equal(Whole[..99], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_come_without_a_length()
    {
        using var response = await DownloadAsync("""{"kind": "no_length"}""");

        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal(Whole, await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("range_ignored", HttpStatusCode.OK)]
    [InlineData("range_refused", HttpStatusCode.RequestedRangeNotSatisfiable)]
    public async Task Ranges_can_be_ignored_or_refused(string kind, HttpStatusCode status)
    {
        var url = await emulator.VideoUrlAsync();
        await emulator.FaultsAsync($$"""[{"where": "download", "kind": "{{kind}}"}]""");

        using var ranged = await DownloadTests.GetRangeAsync(emulator, url, 10, 19);
        using var plain = await emulator.Http.GetAsync(url);

        Assert.Equal(status, ranged.StatusCode);
        Assert.Equal(status is HttpStatusCode.OK ? Whole : [], await ranged.Content.ReadAsByteArrayAsync());
        Assert.Equal(Whole, await plain.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_download_can_dribble()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();

        using var response = await DownloadAsync($$"""{"kind": "dribble", "bytes_per_second": {{Whole.Length * 2}}}""");

        Assert.Equal(Whole, await response.Content.ReadAsByteArrayAsync());
        Assert.True(started.Elapsed >= TimeSpan.FromSeconds(0.45), started.Elapsed.ToString());
    }

    [Theory]
    [InlineData("""{"kind": "status", "status": 503}""", 503)]
    [InlineData("""{"kind": "rate_limit"}""", 429)]
    [InlineData("""{"kind": "redirect", "location": "/elsewhere"}""", 302)]
    public async Task A_download_can_be_answered_like_anything_else(string rule, int status)
    {
        using var response = await DownloadAsync(rule);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_download_can_be_reset_or_hang()
    {
        var url = await emulator.VideoUrlAsync();
        await emulator.FaultsAsync("""[{"where": "download", "kind": "reset", "times": 1}, {"where": "download", "kind": "hang"}]""");

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.Http.GetAsync(url));
        using var patience = new CancellationTokenSource();
        var hanging = emulator.Http.GetAsync(url, patience.Token);
        await Until.TrueAsync(async () => (await emulator.GetJsonAsync("/emulator/requests?kind=download")).GetProperty("requests").GetArrayLength() == 2);
        Assert.False(hanging.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    private async Task<HttpResponseMessage> DownloadAsync(string rule)
    {
        var url = await emulator.VideoUrlAsync();
        await emulator.FaultsAsync($$"""[{"where": "download", {{rule[1..]}}]""");
        return await emulator.Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
    }
}

using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reel.EndToEnd.Tests.Azurite;
using Reel.EndToEnd.Tests.Generations;
using Reel.Generations;
using Reel.Records;
using Reel.Segmind;
using Reel.Storage;
using Reel.Videos;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>What is done, and said, when the provider's link does not bring the video.</summary>
public sealed class SaveVideoActivityTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, ISegmindClient
{
    private readonly byte[] video = Samples.Mp4(5000);
    private ResultAnswer answer = new ResultAnswer.NotFound();
    private readonly LateClock clock = new();
    private TimeSpan askingTakes;
    private int asked;

    [Fact]
    public async Task A_link_that_works_is_all_it_takes()
    {
        await using var server = ScriptedServer.Sending(video);

        var outcome = await RunAsync(server.Url);

        Assert.Equal((5000, "caller/request-1.mp4"), (outcome.Video!.Length, outcome.Video.BlobName));
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("403 Expired")]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    public async Task For_an_expired_link_a_fresh_one_is_used_in_the_same_run(string status)
    {
        await using var expired = ScriptedServer.Sending([], status);
        await using var server = ScriptedServer.Sending(video);
        answer = Completed(server.Url);

        var outcome = await RunAsync(expired.Url);

        Assert.Equal(5000, outcome.Video?.Length);
        Assert.Null(outcome.Fresh);
    }

    [Fact]
    public async Task An_announced_length_that_was_mended_is_used_in_the_same_run()
    {
        await using var server = ScriptedServer.Sending(video);
        answer = Completed(server.Url, 5000);

        Assert.Equal(5000, (await RunAsync(server.Url, length: 4999)).Video?.Length);
    }

    [Fact]
    public async Task A_fresh_link_that_brings_nothing_either_is_kept_for_the_next_run()
    {
        await using var expired = ScriptedServer.Sending([], "403 Expired");
        await using var busy = ScriptedServer.Sending([], "503 Later");
        answer = Completed(busy.Url, 5000);

        var outcome = await RunAsync(expired.Url);

        Assert.Equal(new SaveVideoOutcome(
            Error: "the provider answered 503; this was a fresh link", Fresh: new FreshSource(busy.Url.AbsoluteUri, 5000, "video/mp4")), outcome);
    }

    [Fact]
    public async Task A_fresh_link_has_only_what_is_left_of_the_time_and_else_is_kept_for_the_next_run()
    {
        await using var expired = ScriptedServer.Sending([], "403 Expired");
        await using var server = ScriptedServer.Sending(video);
        answer = Completed(server.Url, 5000);
        askingTakes = new VideoOptions().DownloadTimeout;

        var outcome = await RunAsync(expired.Url);

        Assert.Equal(new SaveVideoOutcome(
            Error: "the download took more than 00:30:00; this was a fresh link", Fresh: new FreshSource(server.Url.AbsoluteUri, 5000, "video/mp4")), outcome);
        Assert.Empty(server.Heads);
    }

    [Fact]
    public async Task A_render_time_that_cannot_be_noted_holds_up_no_save()
    {
        await using var server = ScriptedServer.Sending(video);
        using var hanging = new HangingPolicy();
        var options = StorageServices.ClientOptions();
        options.AddPolicy(hanging, HttpPipelinePosition.PerCall);
        var times = new RenderTimes(
            new RecordStore(new BlobServiceClient(azurite.ConnectionString, options)), Options.Create(new SegmindOptions()), new TimersAtWill(), NullLogger<RenderTimes>.Instance);

        var outcome = await RunAsync(server.Url, times: times, rendered: new RenderedTime("kling-2.6/hanging", 9, 9)).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.NotNull(outcome.Video);
        Assert.Equal(1, hanging.Asked);
    }

    public static TheoryData<string, string?, ResultAnswer, string> Troubles => new()
    {
        { "403 No", null, new ResultAnswer.NotFound(), "the provider refuses to hand out the file (403); its link may have expired; it no longer knows the request, so there is no fresh link" },
        { "404 No", null, new ResultAnswer.NotFound(), "the provider says that the file is not there (404); its link may have expired; it no longer knows the request, so there is no fresh link" },
        { "410 No", null, new ResultAnswer.Unreachable("503"), "the provider says that the file is not there (410); its link may have expired; it could not be asked for a fresh link: 503" },
        { "503 No", null, new ResultAnswer.Refused(401, "wrong key"), "the provider answered 503; it refused to name a fresh link: wrong key" },
        { "200 OK", "", new ResultAnswer.Failed("GPU on fire", new RenderMetrics()), "the provider sent an empty file; it now says that the render failed: GPU on fire" },
        { "200 OK", "<html>Sorry</html>", new ResultAnswer.Working(RenderState.Queued), "the provider sent HTML or XML instead of a video; it now says that the render is not done" },
        { "200 OK", """{"error": "expired"}""", Completed(null), "the provider sent JSON instead of a video; the provider still names this link" },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Troubles_are_told_apart_and_none_is_the_end(string status, string? body, ResultAnswer then, string error)
    {
        await using var server = ScriptedServer.Sending(System.Text.Encoding.UTF8.GetBytes(body ?? ""), status);
        answer = then is ResultAnswer.Completed ? Completed(server.Url) : then;

        Assert.Equal(new SaveVideoOutcome(Error: error), await RunAsync(server.Url));
        Assert.Equal(1, asked);
    }

    Task<ResultAnswer> ISegmindClient.GetResultAsync(string requestId, CancellationToken cancellationToken)
    {
        asked++;
        clock.Late += askingTakes;
        return Task.FromResult(answer);
    }

    Task<SubmitAnswer> ISegmindClient.SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<StatusAnswer> ISegmindClient.GetStatusAsync(string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static ResultAnswer.Completed Completed(Uri? url, long? length = null) =>
        new(new RenderedVideo(url?.AbsoluteUri ?? "", "video/mp4", null, length), new RenderMetrics());

    private async Task<SaveVideoOutcome> RunAsync(Uri url, long? length = null, RenderTimes? times = null, RenderedTime? rendered = null)
    {
        using var test = new TestStore(azurite.ConnectionString, time: clock);
        var input = new SaveVideoInput("request-1", "caller", "provider-1", url.AbsoluteUri, length, "video/mp4", rendered);
        times ??= new RenderTimes(new RecordStore(new BlobServiceClient(azurite.ConnectionString)), Options.Create(new SegmindOptions()), clock, NullLogger<RenderTimes>.Instance);
        return await new SaveVideoActivity(test.Store, this, times, clock).RunAsync(input, CancellationToken.None);
    }

    /// <summary>The machine's clock, and later by as much as is said.</summary>
    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }
}

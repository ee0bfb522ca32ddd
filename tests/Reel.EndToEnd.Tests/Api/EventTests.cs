using System.Net;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /v2/requests/{id}/events, on a clock twenty times as fast.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task A_stream_tells_of_each_change_and_of_progress_and_ends_with_the_end()
    {
        await using var waiter = await Waiter.StartAsync();
        using var stream = await waiter.ListenAsync(waiter.Http);
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(stream.Response.Headers.CacheControl!.NoStore);
        Assert.Equal(waiter.Id, Assert.Single(stream.Response.Headers.GetValues("x-request-id")));

        Assert.Equal("retry", (await stream.NextAsync())!.Name);
        var accepted = await stream.NextAsync("status");
        waiter.Render();
        var rendering = await stream.NextAsync("status");
        var progress = await stream.NextAsync("progress");
        waiter.Fail();
        var end = (await stream.RestAsync()).Where(one => one.Name == "status").ToList();

        Assert.Equal(("accepted", "rendering"), (accepted.Stage, rendering.Stage));
        Assert.InRange(progress.Fraction!.Value, rendering.Fraction!.Value + 0.001, 0.95);
        Assert.Null(progress.Id);
        var failed = Assert.Single(end);
        Assert.Equal(("FAILED", "provider_failed"), ((string?)failed.Data["status"], (string?)failed.Data["error_code"]));
        Assert.Null(failed.Fraction);
        Assert.Equal(3, new[] { accepted.Id, rendering.Id, failed.Id }.Distinct().Count());
    }

    [Fact]
    public async Task Only_the_end_is_a_whole()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Render();
        using var stream = await waiter.ListenAsync(waiter.Http);
        for (var i = 0; i < 5; i++) await stream.NextAsync("progress");
        var video = new SavedVideo("desk/one.mp4", 1_000, new string('a', 64), "video/mp4");
        waiter.Advance(new GenerationState(GenerationStatus.Completed, Stage.Done, FinishedAt: waiter.Time.GetUtcNow(), Charged: Charged.Yes, Video: video));

        var rest = await stream.RestAsync();

        Assert.Equal(1, rest[^1].Fraction);
        Assert.Equal("COMPLETED", (string?)rest[^1].Data["status"]);
        Assert.All(rest[..^1], one => Assert.True(one.Fraction is null or < 1));
    }

    [Fact]
    public async Task Whoever_comes_back_is_told_what_has_changed_since_by_any_process()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Render();
        string seen;
        using (var first = await waiter.ListenAsync(waiter.Http)) seen = (await first.NextAsync("status")).Id!;

        using (var same = await waiter.ListenAsync(waiter.Other, seen))
        {
            // Nothing of it twice: what comes first is the progress.
            Assert.Equal("retry", (await same.NextAsync())!.Name);
            Assert.Equal("progress", (await same.NextAsync())!.Name);
        }

        waiter.Fail();
        using var changed = await waiter.ListenAsync(waiter.Other, seen);
        var failed = Assert.Single(await changed.RestAsync(), one => one.Name == "status");
        Assert.Equal("FAILED", (string?)failed.Data["status"]);

        using var over = await waiter.ListenAsync(waiter.Http, failed.Id);
        Assert.Equal(HttpStatusCode.NoContent, over.Response.StatusCode);

        using var stranger = await waiter.ListenAsync(waiter.Http, "an id of nobody's");
        Assert.Single(await stranger.RestAsync(), one => one.Name == "status");
    }

    [Fact]
    public async Task Where_there_is_nothing_to_tell_a_comment_shows_that_somebody_is_there()
    {
        await using var waiter = await Waiter.StartAsync();
        using var stream = await waiter.ListenAsync(waiter.Http);
        await stream.NextAsync("status");

        Assert.Equal("comment", (await stream.NextAsync())!.Name);
        Assert.Equal("comment", (await stream.NextAsync())!.Name);
    }

    [Fact]
    public async Task At_its_limit_a_stream_ends_and_says_when_to_come_back()
    {
        await using var waiter = await Waiter.StartAsync(("Api:StreamLimit", "00:00:20"));
        waiter.Render();
        using var stream = await waiter.ListenAsync(waiter.Http);

        var all = await stream.RestAsync();

        Assert.Equal(("retry", "2000"), (all[0].Name, all[0].Text));
        Assert.Single(all, one => one.Name == "status");
    }

    [Fact]
    public async Task A_listener_who_leaves_is_noticed()
    {
        await using var waiter = await Waiter.StartAsync();
        var stream = await waiter.ListenAsync(waiter.Http);
        await stream.NextAsync("status");
        stream.Dispose();

        var (asked, still) = (-1, 0);
        await Wait.UntilAsync(
            () =>
            {
                // Ten looks in a row, at a second each on the fast clock, during which nobody asks the engine.
                (still, asked) = (waiter.Engine.Asked == asked ? still + 1 : 0, waiter.Engine.Asked);
                return still >= 10;
            },
            "the end of the stream",
            60);
    }

    [Fact]
    public async Task A_host_that_stops_ends_its_streams_and_waits_with_an_answer()
    {
        await using var waiter = await Waiter.StartAsync();
        waiter.Render();
        var asked = waiter.Engine.Asked;
        var poll = waiter.GetAsync("/status?wait=60");
        await Wait.UntilAsync(() => waiter.Engine.Asked > asked, "the first look");
        using var stream = await waiter.ListenAsync(waiter.Http);
        await stream.NextAsync("status");

        waiter.Host.Stop();

        Assert.DoesNotContain(await stream.RestAsync(), one => one.Name == "status");
        Assert.Equal("rendering", (string?)(await poll).Body["stage"]);
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_for_a_while_is_waited_out()
    {
        await using var waiter = await Waiter.StartAsync();
        using var stream = await waiter.ListenAsync(waiter.Http);
        await stream.NextAsync("status");
        waiter.Engine.IsDown = true;
        Assert.Equal("comment", (await stream.NextAsync())!.Name);
        waiter.Engine.IsDown = false;
        waiter.Fail();

        Assert.Equal("FAILED", (string?)(await stream.NextAsync("status")).Data["status"]);
    }
}

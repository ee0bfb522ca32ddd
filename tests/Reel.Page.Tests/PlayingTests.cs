using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Azurite;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>What plays goes on while one looks at it, and stops when one goes.</summary>
[Collection(PageTests.Name)]
public sealed class PlayingTests(PageDesk desk)
{
    // Begins anew when it ends, so that it is still playing however slow the machine is.
    private const string Endless = "video => { video.loop = true; video.dataset.mark = 'the same'; }";

    [Fact]
    public async Task A_video_in_the_gallery_plays_on_while_the_server_is_away_and_when_it_is_back()
    {
        await desk.FinishedAsync("played through an outage");
        await using var visit = await Visit.StartAsync(desk.Url);
        var video = await PlayAsync(visit, "played through an outage");
        await visit.Page.RouteAsync("**/v2/**", route => route.AbortAsync("connectionrefused"));
        await Expect(visit.Page.Locator("#banner")).ToBeVisibleAsync();
        await AssertPlaysAsync(visit, video);
        await visit.Page.UnrouteAllAsync();
        await visit.Button("Try now").ClickAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeHiddenAsync();

        await desk.FinishedAsync("one that came after the outage");
        await Expect(visit.Card("one that came after the outage")).ToBeVisibleAsync();
        await AssertPlaysAsync(visit, video);
    }

    [Fact]
    public async Task A_video_in_the_view_of_its_request_plays_on_while_the_server_is_away_and_when_it_is_back()
    {
        var id = await desk.FinishedAsync("played in its view through an outage");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");
        var video = visit.Page.Locator("#request video");
        await video.EvaluateAsync(Endless);
        await video.EvaluateAsync("video => video.play()");
        await visit.Page.RouteAsync("**/v2/**", route => route.AbortAsync("connectionrefused"));
        await visit.Button("Delete").ClickAsync();
        await visit.Button("Delete it").ClickAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#request .actions + .fault")).ToContainTextAsync("Reel does not answer");
        await visit.Page.UnrouteAllAsync();
        await visit.Button("Try now").ClickAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeHiddenAsync();

        await AssertPlaysAsync(visit, video);
    }

    [Fact]
    public async Task The_list_is_not_asked_for_while_another_view_is_shown()
    {
        await desk.FinishedAsync("in a list that nobody sees");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Card("in a list that nobody sees")).ToBeVisibleAsync();
        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator(".figures")).ToContainTextAsync("Spent");
        var asked = visit.Sent("GET /v2/requests?");
        for (var passed = 0; passed < 4; passed++) await visit.PassAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(asked, visit.Sent("GET /v2/requests?"));

        await desk.FinishedAsync("come while nobody saw the list");
        await visit.ShowAsync("#/");
        await visit.PassAsync(TimeSpan.FromSeconds(1));
        await Expect(visit.Card("come while nobody saw the list")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Whoever_leaves_the_gallery_hears_none_of_its_videos_any_more()
    {
        await desk.FinishedAsync("the first that sounds");
        await desk.FinishedAsync("the second that sounds");
        await using var visit = await Visit.StartAsync(desk.Url);
        foreach (var prompt in (string[])["the first that sounds", "the second that sounds"]) await AssertPlaysAsync(visit, await PlayAsync(visit, prompt));
        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator("#usage")).ToBeVisibleAsync();

        var paused = await visit.Page.Locator("#gallery video").EvaluateAllAsync<bool[]>("videos => videos.map((video) => video.paused)");
        Assert.Equal([true, true], paused);
    }

    [Fact]
    public async Task A_video_that_comes_when_one_has_left_does_not_begin()
    {
        var id = await desk.FinishedAsync("too late to be played");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        var goOn = new TaskCompletionSource();
        var (held, answered) = (0, 0);
        await visit.Page.RouteAsync($"**/v2/requests/{id}", async route =>
        {
            Interlocked.Increment(ref held);
            await goOn.Task;
            await route.FulfillAsync(new() { Response = await route.FetchAsync() });
            Interlocked.Increment(ref answered);
        });
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await visit.Card("too late to be played").GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator("#usage")).ToBeVisibleAsync();
        goOn.SetResult();

        // Its first picture is asked for as well.
        await Wait.UntilAsync(() => answered > 0 && answered == held, "the links to the video", 60);
        await visit.Page.EvaluateAsync("fetch('v2/models').then((answer) => answer.json())");

        await Expect(visit.Page.Locator("#gallery video")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_video_that_cannot_be_decoded_is_said_to_be_so_and_its_bytes_are_let_go()
    {
        var id = await desk.FinishedAsync("none that a browser can play");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.Page.AddInitScriptAsync("""
            window.made = [];
            window.held = new Set();
            const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
            URL.createObjectURL = (blob) => { const url = make(blob); made.push(url); held.add(url); return url; };
            URL.revokeObjectURL = (url) => { held.delete(url); revoke(url); };
            """);
        foreach (var address in (string[])["**/devstoreaccount1/**", $"**/v2/requests/{id}/video"])
        {
            await visit.Page.RouteAsync(address, route => route.FulfillAsync(new() { ContentType = "video/mp4", Body = "no video" }));
        }

        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        await Expect(visit.Page.Locator("#request .frame")).ToContainTextAsync("The video cannot be played here.");

        Assert.Equal("1 made, 0 held", await visit.Page.EvaluateAsync<string>("`${made.length} made, ${held.size} held`"));
    }

    private static async Task<ILocator> PlayAsync(Visit visit, string prompt)
    {
        await visit.Card(prompt).GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        var video = visit.Card(prompt).Locator("video");
        await video.EvaluateAsync(Endless);
        return video;
    }

    /// <summary>It is still the element it was, and its time goes on.</summary>
    private static async Task AssertPlaysAsync(Visit visit, ILocator video)
    {
        await Expect(video).ToHaveAttributeAsync("data-mark", "the same");
        var element = await video.ElementHandleAsync();
        await visit.Page.WaitForFunctionAsync("video => video.readyState >= 3 && !video.paused", element);
        var before = await video.EvaluateAsync<double>("video => video.currentTime");
        await visit.Page.WaitForFunctionAsync("([video, before]) => !video.paused && video.currentTime !== before", new object[] { element!, before });
    }
}

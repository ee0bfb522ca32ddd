using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Somebody who has scrolled to the end of what is loaded, when more cannot be had.</summary>
[Collection(PageTests.Name)]
public sealed class FurtherTests(PageDesk desk)
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task More_that_cannot_be_had_is_asked_for_again_with_pauses_only_and_comes_when_it_can(int status)
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs", name: $"More_that_cannot_be_had_{status}");
        await visit.StopClockAsync();
        var isBroken = true;
        await AnswerAsync(visit, () => isBroken ? status : null);
        await ScrollToTheEndAsync(visit);
        await Expect(visit.Page.Locator(status == 503 ? "#banner" : "#gallery-note")).ToContainTextAsync("Something broke here.");

        // Of a minute: the list six times, what comes after it as often, and the banner's own questions.
        var asked = visit.Sent("GET /v2/requests?");
        await PassAMinuteAsync(visit);
        Assert.InRange(visit.Sent("GET /v2/requests?") - asked, 4, 30);

        isBroken = false;
        await PassAMinuteAsync(visit);
        await Expect(visit.Page.Locator(".card")).ToHaveCountAsync(70);
        await Expect(visit.Page.Locator("#gallery-note")).ToBeEmptyAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Whose_key_was_refused_further_down_and_who_said_Not_now_is_not_asked_again_until_they_ask_for_more()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await AnswerAsync(visit, () => 401);
        await ScrollToTheEndAsync(visit);
        await Expect(visit.Dialog).ToContainTextAsync("Something broke here.");
        await visit.Button("Not now").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        var asked = visit.Sent("GET /v2/requests?");
        await PassAMinuteAsync(visit);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("hay");
        await PassAMinuteAsync(visit);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await PassAMinuteAsync(visit);
        Assert.Equal(asked, visit.Sent("GET /v2/requests?"));
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await visit.Button("Show more").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Something broke here.");
    }

    [Fact]
    public async Task One_further_down_that_was_deleted_elsewhere_goes_without_a_word()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.RouteAsync(MadeUpList.Address(), route =>
            MadeUpList.AnswerAsync(route, 70, index => index == 52 ? MadeUpList.One(index, "the deleted one", "PROCESSING") : MadeUpList.One(index)));
        await visit.Page.RouteAsync($"**/v2/requests/{MadeUpList.Id(52)}/status", route => MadeUpList.BreakAsync(route, 404));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await ScrollToTheEndAsync(visit);
        await Expect(visit.Card("the deleted one")).ToBeVisibleAsync();

        await visit.Card("the deleted one").ScrollIntoViewIfNeededAsync();
        for (var seconds = 0; await visit.Card("the deleted one").CountAsync() > 0; seconds++)
        {
            Assert.True(seconds < 300, "What was deleted stays.");
            await visit.PassAsync(TimeSpan.FromSeconds(1));
        }

        await Expect(visit.Page.Locator("#gallery-note")).ToBeEmptyAsync();
    }

    /// <summary>A list of 70, of which the newest 50 are told.</summary>
    /// <param name="status">What is answered instead of the others; null for the others.</param>
    private static async Task AnswerAsync(Visit visit, Func<int?> status) => await visit.Page.RouteAsync(MadeUpList.Address(), route =>
        MadeUpList.From(route) > 0 && status() is { } broken ? MadeUpList.BreakAsync(route, broken) : MadeUpList.AnswerAsync(route, 70, index => MadeUpList.One(index)));

    private async Task ScrollToTheEndAsync(Visit visit)
    {
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator(".card").First).ToBeVisibleAsync();
        await visit.Page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
    }

    private static async Task PassAMinuteAsync(Visit visit)
    {
        for (var seconds = 0; seconds < 60; seconds++) await visit.PassAsync(TimeSpan.FromSeconds(1));
    }
}

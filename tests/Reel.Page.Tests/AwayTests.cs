using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Azurite;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>A server that does not answer for a while.</summary>
[Collection(PageTests.Name)]
public sealed class AwayTests(PageDesk desk)
{
    [Fact]
    public async Task It_is_said_that_the_server_is_away_and_what_happened_meanwhile_is_shown_when_it_is_back()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Order).ToBeVisibleAsync();
        await visit.Prompt.FillAsync("written before it went");
        await visit.Page.RouteAsync("**/*", route => route.AbortAsync("connectionrefused"));
        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Reel does not answer" })).ToBeVisibleAsync();
        await visit.KeepAsync("_away");

        await desk.FinishedAsync("made while nobody could look");
        await visit.Page.UnrouteAllAsync();
        await visit.Button("Try now").ClickAsync();

        await Expect(visit.Card("made while nobody could look")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeHiddenAsync();
        await Expect(visit.Prompt).ToHaveValueAsync("written before it went");
    }

    [Fact]
    public async Task A_page_that_was_opened_in_vain_fills_when_the_server_is_there()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.Page.RouteAsync("**/v2/**", route => route.AbortAsync("connectionrefused"));
        await visit.Page.RouteAsync("**/healthz", route => route.AbortAsync("connectionrefused"));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator("#banner")).ToBeVisibleAsync();
        await visit.Page.UnrouteAllAsync();

        await Expect(visit.Order).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#banner")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_banner_stays_while_what_is_wanted_is_not_answered_though_the_server_says_that_it_is_well()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.RouteAsync("**/v2/requests?*", route => route.FulfillAsync(new()
        {
            Status = 503, ContentType = "application/json", Body = """{"error": "The storage does not answer", "error_code": "storage_unavailable"}""",
        }));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        var banner = visit.Page.Locator("#banner");
        await Expect(banner).ToContainTextAsync("The storage does not answer.");
        await banner.EvaluateAsync("banner => { window.changes = 0; new MutationObserver(() => { window.changes += 1; }).observe(banner, { attributes: true, childList: true }); }");

        // Asked again and again, and each time it is as before; at last by hand.
        for (var asked = 2; asked < 6; asked++)
        {
            await visit.PassAsync(TimeSpan.FromSeconds(16));
            await Wait.UntilAsync(() => visit.Sent("GET /v2/requests?") >= asked, "the list to be asked for again", 60);
        }

        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("changes"));
        await Expect(banner).ToBeVisibleAsync();
        await visit.Page.UnrouteAllAsync();
        await visit.Button("Try now").ClickAsync();
        await Expect(banner).ToBeHiddenAsync();
        await Expect(visit.Order).ToBeVisibleAsync();
    }
}

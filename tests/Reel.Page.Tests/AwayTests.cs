using Microsoft.Playwright;
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
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Answers that are none of those one hopes for.</summary>
[Collection(PageTests.Name)]
public sealed partial class TroubleTests(PageDesk desk)
{
    private const string Internal = """{"error": "Something broke here", "error_code": "internal"}""";

    [Fact]
    public async Task An_order_that_was_answered_with_500_may_have_arrived_and_is_sent_again_as_the_same_also_after_a_reload()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Page.RouteAsync(Submit(), async route =>
        {
            await route.FetchAsync();
            await route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal });
        });
        await visit.Prompt.FillAsync("taken and answered with 500");
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.ReloadAsync();
        await Expect(visit.Prompt).ToHaveValueAsync("taken and answered with 500");
        await visit.Order.ClickAsync();

        await Expect(visit.Card("taken and answered with 500").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("taken and answered with 500"));
    }

    [Fact]
    public async Task An_order_that_may_have_arrived_stays_the_same_when_its_repetition_is_refused()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Page.RouteAsync(Submit(), async route =>
        {
            await route.FetchAsync();
            await route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal });
        });
        await visit.Prompt.FillAsync("taken, then refused");
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
        await visit.Page.UnrouteAllAsync();
        const string busy = """{"error": "Too many", "error_code": "rate_limit"}""";
        await visit.Page.RouteAsync(Submit(), route => route.FulfillAsync(new() { Status = 429, ContentType = "application/json", Body = busy }));
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("Too many");
        await visit.Page.UnrouteAllAsync();
        await visit.Order.ClickAsync();

        await Expect(visit.Card("taken, then refused").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("taken, then refused"));
    }

    [Fact]
    public async Task An_order_whose_answer_is_cut_off_may_have_arrived()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Page.RouteAsync(Submit(), route => route.FulfillAsync(new() { Status = 200, ContentType = "application/json", Body = "{\"status\": \"QUE" }));
        await visit.Prompt.FillAsync("cut off");
        await visit.Order.ClickAsync();

        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
    }

    [Fact]
    public async Task An_error_of_the_server_is_said_and_Try_again_leads_on()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.Page.RouteAsync("**/v2/**", route => route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal }));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator("#compose-form")).ToContainTextAsync("Something broke here.");
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync("Something broke here.");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.Locator("#compose-form").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Expect(visit.Order).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#gallery-note")).Not.ToContainTextAsync("Something broke");
    }

    [Fact]
    public async Task A_request_whose_stream_is_refused_is_watched_to_its_end()
    {
        var id = await desk.SubmitAsync("without a stream [slow]");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.Page.RouteAsync("**/events", route => route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal }));
        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);

        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("Done");
        await Expect(visit.Page.Locator("#request video")).ToBeVisibleAsync();
    }

    [GeneratedRegex("/v2/kling-2.6$")]
    private static partial Regex Submit();
}

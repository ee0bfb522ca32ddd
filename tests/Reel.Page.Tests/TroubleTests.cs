using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Azurite;
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
    public async Task An_order_whose_answer_is_cut_off_may_have_arrived_and_is_sent_again_as_the_same()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Page.RouteAsync(Submit(), async route =>
        {
            var taken = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = taken, Body = (await taken.TextAsync())[..20] });
        });
        await visit.Prompt.FillAsync("cut off");
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
        await visit.Page.UnrouteAllAsync();
        await visit.Order.ClickAsync();

        await Expect(visit.Card("cut off").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("cut off"));
    }

    [Fact]
    public async Task An_order_that_is_too_old_to_be_recognised_asks_for_a_look_at_the_list_before_it_is_another()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        var keys = await KeysOfSubmitsAsync(visit, isFirstTaken: false);
        var fault = visit.Page.Locator("#compose-fault");
        await visit.Prompt.FillAsync("too old to be known");
        await visit.Order.ClickAsync();
        await Expect(fault).ToContainTextAsync("it will not be ordered twice");

        await visit.Page.Clock.FastForwardAsync("20:00:01");
        await visit.Order.ClickAsync();
        await Expect(fault).ToContainTextAsync("Look in the list first");
        await visit.Order.ClickAsync();
        await Expect(fault).ToContainTextAsync("Look in the list first");
        Assert.Single(keys);

        // Time enough to read it.
        await visit.PassAsync(TimeSpan.FromSeconds(4));
        await visit.Order.ClickAsync();
        await visit.Page.Clock.ResumeAsync();
        await Expect(visit.Card("too old to be known").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(2, keys.Count);
        Assert.Equal(2, keys.Distinct().Count());
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("too old to be known"));
    }

    [Fact]
    public async Task An_order_of_nineteen_hours_ago_is_sent_as_the_same()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        var keys = await KeysOfSubmitsAsync(visit, isFirstTaken: true);
        await visit.Prompt.FillAsync("old and still known");
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
        await visit.Page.Clock.FastForwardAsync("19:00:00");
        await visit.Order.ClickAsync();

        await Wait.UntilAsync(() => keys.Count == 2, "the order to be sent again", 60);
        Assert.Single(keys.Distinct());
        await visit.Page.Clock.ResumeAsync();
        await Expect(visit.Card("old and still known").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("old and still known"));
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
    public async Task A_list_that_could_not_be_had_is_asked_for_again_when_one_says_so()
    {
        await desk.FinishedAsync("there after all");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.RouteAsync("**/v2/requests?*", route => route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal }));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync("Something broke here.");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.Locator("#gallery-note").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Expect(visit.Card("there after all")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#gallery-note")).ToBeEmptyAsync();
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

    /// <summary>Answers the first submit with 500 and lets the others through; returns the idempotency keys of all, as they come.</summary>
    /// <param name="isFirstTaken">Whether the server takes it all the same.</param>
    private static async Task<ConcurrentQueue<string>> KeysOfSubmitsAsync(Visit visit, bool isFirstTaken)
    {
        var keys = new ConcurrentQueue<string>();
        await visit.Page.RouteAsync(Submit(), async route =>
        {
            keys.Enqueue(route.Request.Headers["idempotency-key"]);
            if (keys.Count > 1)
            {
                await route.ContinueAsync();
                return;
            }

            if (isFirstTaken) await route.FetchAsync();
            await route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = Internal });
        });
        return keys;
    }

    [GeneratedRegex("/v2/kling-2.6$")]
    private static partial Regex Submit();
}

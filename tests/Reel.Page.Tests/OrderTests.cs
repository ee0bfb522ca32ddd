using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Ordering a video by the form.</summary>
[Collection(PageTests.Name)]
public sealed class OrderTests(PageDesk desk)
{
    [Fact]
    public async Task A_video_is_ordered_watched_while_it_is_made_and_played_where_it_is()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Prompt.FillAsync("a lighthouse that is played");
        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "5 s" }).CheckAsync();
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Generate audio" }).UncheckAsync();
        await Expect(visit.Page.Locator("#estimate")).ToHaveTextAsync("$0.438 · usually ready in 2 min");
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Generate audio" }).CheckAsync();
        await Expect(visit.Page.Locator("#estimate")).ToContainTextAsync("$0.438 – $1.75 · usually ready in 2 min");
        await visit.Order.ClickAsync();

        var card = visit.Card("a lighthouse that is played");
        await Expect(card.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("max", "1");
        await card.GetByRole(AriaRole.Button, new() { Name = "Play: a lighthouse that is played" }).ClickAsync();
        await Expect(card).ToContainTextAsync("$0.875");

        var video = card.Locator("video");
        await visit.Page.WaitForFunctionAsync("() => document.querySelector('.card video')?.currentTime > 0.2");
        await visit.KeepAsync("_playing");
        await video.EvaluateAsync("video => { video.pause(); video.currentTime = 3; }");
        await visit.Page.WaitForFunctionAsync("() => { const video = document.querySelector('.card video'); return !video.seeking && video.currentTime >= 3; }");
        Assert.Equal(5, await video.EvaluateAsync<double>("video => Math.round(video.duration)"));
    }

    [Fact]
    public async Task A_finished_video_has_a_picture_before_it_is_played()
    {
        await desk.FinishedAsync("a picture of its own");
        await using var visit = await Visit.StartAsync(desk.Url);

        await Expect(visit.Card("a picture of its own").Locator("canvas[data-drawn]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_in_the_words_of_the_API()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Order.ClickAsync();

        await Expect(visit.Page.Locator("#field-prompt-fault")).ToHaveTextAsync("Prompt is required.");
        await Expect(visit.Prompt).ToBeFocusedAsync();
        await Expect(visit.Prompt).ToHaveAttributeAsync("aria-invalid", "true");

        await visit.Prompt.FillAsync("an image that is none");
        await visit.Page.GetByLabel("Image URL").FillAsync("not a link");
        await Expect(visit.Page.Locator("#field-image_url-fault")).ToContainTextAsync("Image URL must");
        await visit.Page.GetByLabel("Image URL").FillAsync("");
        await Expect(visit.Page.Locator("#field-image_url-fault")).ToBeEmptyAsync();
        Assert.Equal(0, await desk.Bench.Provider.AcceptedAsync("an image that is none"));
    }

    [Fact]
    public async Task A_double_click_orders_once()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Prompt.FillAsync("once and not twice");
        await visit.Order.DblClickAsync();

        await Expect(visit.Card("once and not twice").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("once and not twice"));
        await Expect(visit.Card("once and not twice")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task An_order_whose_answer_was_lost_is_sent_again_as_the_same()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        var isLost = false;
        await visit.Page.RouteAsync(new System.Text.RegularExpressions.Regex("/v2/kling-2.6$"), async route =>
        {
            if (isLost)
            {
                await route.ContinueAsync();
                return;
            }

            isLost = true;
            await route.FetchAsync();
            await route.AbortAsync("connectionreset");
        });
        await visit.Prompt.FillAsync("an answer that is lost");
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#compose-fault")).ToContainTextAsync("it will not be ordered twice");
        await visit.Order.ClickAsync();

        await Expect(visit.Card("an answer that is lost").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        Assert.Equal(1, await desk.Bench.Provider.AcceptedAsync("an answer that is lost"));
    }

    [Fact]
    public async Task The_form_follows_the_model_and_keeps_what_was_written()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Prompt.FillAsync("kept from model to model");
        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "Kling 1.6 Image to Video" }).CheckAsync();

        await Expect(visit.Page.GetByLabel("Image required")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#field-prompt")).ToHaveValueAsync("kept from model to model");
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { Name = "pro", Exact = true })).ToBeCheckedAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Switch)).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator("#estimate")).ToContainTextAsync("Price not published");
    }
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Prompts are anybody's words: they are shown as they are, and are never markup.</summary>
[Collection(PageTests.Name)]
public sealed class HostilePromptTests(PageDesk desk)
{
    private const string Markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script></bdi></h1>";

    [Fact]
    public async Task Markup_is_text_in_the_gallery_and_in_the_view()
    {
        var id = await desk.FinishedAsync(Markup);
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Card("<img src=x").GetByRole(AriaRole.Link)).ToHaveTextAsync(Markup);

        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Markup);
        await Expect(visit.Page.Locator(".details")).ToContainTextAsync(Markup);
        await Expect(visit.Page.Locator("img, main script")).ToHaveCountAsync(0);
        await Expect(visit.Page).Not.ToHaveTitleAsync("owned");
    }

    [Fact]
    public async Task Words_that_turn_the_direction_turn_nothing_but_themselves()
    {
        await desk.FinishedAsync("turned \u202Earound and \u2067away");
        await using var visit = await Visit.StartAsync(desk.Url);
        var card = visit.Card("turned");

        // What stands behind the prompt in the same line is where it would be without it.
        Assert.Equal("isolate", await card.Locator("bdi").EvaluateAsync<string>("bdi => getComputedStyle(bdi).unicodeBidi"));
        await Expect(card.Locator("time")).ToBeVisibleAsync();
        var (name, time) = (await card.Locator(".facts span").First.BoundingBoxAsync(), await card.Locator("time").BoundingBoxAsync());
        Assert.True(name!.X < time!.X);
    }

    [Fact]
    public async Task A_prompt_without_an_end_or_a_blank_widens_nothing()
    {
        var prompt = "endless" + new string('w', 9_000);
        var id = await desk.FinishedAsync(prompt);
        await using var visit = await Visit.StartAsync(desk.Url, options: Visit.Phone);
        await Expect(visit.Card("endless")).ToBeVisibleAsync();
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        await Expect(visit.Page.Locator(".details")).ToContainTextAsync(prompt);
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }
}

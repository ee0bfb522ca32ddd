using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>How the page looks and how much of it there is: on a phone, in the dark, over the wire.</summary>
[Collection(PageTests.Name)]
public sealed class LooksTests(PageDesk desk)
{
    // Of every text that is seen: its contrast with what is behind it, where that is a plain colour. Pictures and what lies on them are left out.
    private const string Contrasts = """
        () => {
          const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
          const rgba = (color) => { context.clearRect(0, 0, 1, 1); context.fillStyle = color; context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data]; };
          const luminance = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = (element) => { for (let at = element; at; at = at.parentElement) { const color = rgba(getComputedStyle(at).backgroundColor); if (color[3] === 255) return color; } return [255, 255, 255, 255]; };
          const poor = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('.unseen, noscript, svg, .frame:not(:has(.failed)), option')) continue;
            const [one, other] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))];
            const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.className || element.tagName}: ${walker.currentNode.data.trim().slice(0, 40)}`);
          }
          return poor;
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_stands_out_from_what_is_behind_it(ColorScheme scheme)
    {
        await desk.FinishedAsync("seen by day and by night");
        var failed = await desk.FinishedAsync("failed by day and by night [fail]");
        var options = Visit.Wide;
        options.ColorScheme = scheme;
        await using var visit = await Visit.StartAsync(desk.Url, options: options, name: $"Gallery_{scheme}");
        await Expect(visit.Card("seen by day").Locator("canvas[data-drawn]").First).ToBeAttachedAsync();
        await AssertNoneIsPoorAsync(visit);
        await visit.Order.ClickAsync();
        await Expect(visit.Page.Locator("#field-prompt-fault")).ToBeVisibleAsync();
        await AssertNoneIsPoorAsync(visit);
        await visit.KeepAsync("_faults");

        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{failed}").AbsoluteUri);
        await Expect(visit.Page.Locator(".details")).ToBeVisibleAsync();
        await AssertNoneIsPoorAsync(visit);
        await visit.KeepAsync("_request");

        await visit.Page.GotoAsync(new Uri(desk.Url, "/#/usage").AbsoluteUri);
        await Expect(visit.Page.GetByRole(AriaRole.Table)).ToBeVisibleAsync();
        await AssertNoneIsPoorAsync(visit);
    }

    [Fact]
    public async Task At_phone_width_nothing_is_beside_the_screen()
    {
        var id = await desk.FinishedAsync("on a phone");
        await using var visit = await Visit.StartAsync(desk.Url, options: Visit.Phone);
        foreach (var (path, sign) in new[] { ("/", "#filter-search"), ("/#/new", "#field-prompt"), ($"/#/requests/{id}", ".details"), ("/#/usage", ".figures") })
        {
            await visit.Page.GotoAsync(new Uri(desk.Url, path).AbsoluteUri);
            await Expect(visit.Page.Locator(sign)).ToBeVisibleAsync();
            Assert.Equal((path, 390), (path, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")));
            await visit.KeepAsync($"_{sign[1..]}");
        }
    }

    [Fact]
    public async Task All_that_is_sent_for_the_page_is_less_than_150_KB()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Order).ToBeVisibleAsync();
        var sizes = await visit.Page.EvaluateAsync<Dictionary<string, int>>("""
            () => Object.fromEntries([...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
              .filter((entry) => new URL(entry.name).origin === location.origin && !new URL(entry.name).pathname.startsWith('/v2'))
              .map((entry) => [entry.name, entry.encodedBodySize]))
            """);

        Assert.True(sizes.Count > 10 && sizes.Values.All(size => size > 0), string.Join('\n', sizes));
        Assert.True(sizes.Values.Sum() < 150_000, $"{sizes.Values.Sum()} bytes:\n{string.Join('\n', sizes)}");
    }

    private static async Task AssertNoneIsPoorAsync(Visit visit) => Assert.Empty(await visit.Page.EvaluateAsync<string[]>(Contrasts));
}

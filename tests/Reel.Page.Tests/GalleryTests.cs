using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Finding something in the gallery; and what it cost.</summary>
[Collection(PageTests.Name)]
public sealed class GalleryTests(PageDesk desk)
{
    [Fact]
    public async Task States_models_and_words_filter()
    {
        await desk.FinishedAsync("a needle in the hay");
        await desk.FinishedAsync("a needle that broke [fail]");
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Card("a needle")).ToHaveCountAsync(2);

        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("NEEDLE IN");
        await Expect(visit.Page.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await visit.Page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("Failed");
        await Expect(visit.Card("a needle")).ToHaveCountAsync(1);
        await Expect(visit.Card("a needle that broke")).ToBeVisibleAsync();
        await visit.Page.Locator("#filter-model").SelectOptionAsync("kling-1.6-image2video");
        await Expect(visit.Page.GetByText("There is none of that kind.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task More_come_as_one_scrolls_and_none_twice()
    {
        await desk.Caller.PostAsync("/v2/batches", new System.Text.Json.Nodes.JsonObject
        {
            ["requests"] = new System.Text.Json.Nodes.JsonArray([.. Enumerable.Range(0, 170).Select(i =>
                new System.Text.Json.Nodes.JsonObject { ["model"] = "kling-1.6-text2video", ["prompt"] = $"one of many, {i:000}" })]),
            ["concurrency"] = 50,
        });
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Page.Locator("#filter-model").SelectOptionAsync("kling-1.6-text2video");
        await visit.Page.WaitForFunctionAsync("""
            () => {
              scrollTo(0, document.documentElement.scrollHeight);
              return new Set([...document.querySelectorAll('.card')].map((card) => card.textContent.match(/one of many, \d+/)?.[0]).filter(Boolean)).size === 170;
            }
            """);

        var ids = await visit.Page.Locator(".card").EvaluateAllAsync<string[]>("cards => cards.map(card => card.dataset.id)");
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Usage_has_a_table_of_what_the_charts_show()
    {
        await desk.FinishedAsync("one that costs");
        await using var visit = await Visit.StartAsync(desk.Url, "/#/usage");

        await Expect(visit.Page.GetByRole(AriaRole.Img, new() { Name = "Cost by day." })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Table)).ToContainTextAsync("Kling 2.6");
        await Expect(visit.Page.Locator(".figures")).ToContainTextAsync("Spent$");
        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "90 days" }).CheckAsync();
        await Expect(visit.Page.Locator("figure rect").First).ToBeVisibleAsync();
    }
}

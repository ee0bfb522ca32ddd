using System.Text.RegularExpressions;
using Reel.EndToEnd.Tests.Desk;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Orders of one key, and then another is put in.</summary>
public sealed partial class OtherKeyTests : IAsyncLifetime
{
    private const string Key = "a-key-for-the-page-tests";
    private const string OtherKey = "another-key-for-the-page";

    private Bench bench = null!;
    private ReelProcess reel = null!;

    public async Task InitializeAsync()
    {
        bench = await Bench.CreateAsync();
        reel = await bench.StartAsync(("Api__Keys__desk", Key), ("Api__Keys__shop", OtherKey));
    }

    public Task DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task What_was_said_of_an_order_is_not_said_to_who_has_another_key_but_to_who_puts_in_the_same_again()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await visit.Page.RouteAsync(Submit(), route => route.AbortAsync("connectionreset"), new() { Times = 1 });
        await visit.Prompt.FillAsync("of one key");
        await visit.Order.ClickAsync();
        var fault = visit.Page.Locator("#compose-fault");
        await Expect(fault).ToContainTextAsync("it will not be ordered twice");

        await PutInAsync(visit, Key);
        await Expect(fault).ToContainTextAsync("it will not be ordered twice");
        await PutInAsync(visit, OtherKey);
        await Expect(fault).ToBeEmptyAsync();
        await Expect(visit.Prompt).ToHaveValueAsync("of one key");
        await visit.Page.ReloadAsync();
        await Expect(visit.Prompt).ToHaveValueAsync("");
    }

    private static async Task PutInAsync(Visit visit, string key)
    {
        await visit.Button("Key").ClickAsync();
        await visit.Page.GetByLabel("API key").FillAsync(key);
        await visit.Button("Use this key").ClickAsync();
        await visit.Page.WaitForFunctionAsync("key => sessionStorage.getItem('reel-key') === key", key);
    }

    [GeneratedRegex("/v2/kling-2.6$")]
    private static partial Regex Submit();
}

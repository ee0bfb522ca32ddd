using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Desk;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>A server that lets in who has a key.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private const string Key = "a-key-for-the-page-tests";
    private const string OtherKey = "another-key-for-the-page-tests";
    private const string Kept = "JSON.stringify([sessionStorage.getItem('reel-key'), localStorage.getItem('reel-key')])";

    private Bench bench = null!;
    private ReelProcess reel = null!;

    public async Task InitializeAsync()
    {
        bench = await Bench.CreateAsync();
        reel = await bench.StartAsync(("Api__Keys__desk", Key), ("Api__Keys__other", OtherKey));
    }

    public Task DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_wrong_key_is_said_to_be_wrong_and_the_right_one_lets_in()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        var dialog = visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your key" });
        await Expect(dialog).ToContainTextAsync("Missing Authorization or x-api-key in header");
        await Expect(dialog.GetByLabel("API key")).ToBeFocusedAsync();

        await dialog.GetByLabel("API key").FillAsync("wrong-key-of-some-length");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("Invalid API key");
        await visit.KeepAsync("_wrong");

        await dialog.GetByLabel("API key").FillAsync("ключ");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("printable ASCII");

        await dialog.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await Expect(visit.Order).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Nothing here yet")).ToBeVisibleAsync();

        // For this tab, unless one says otherwise.
        Assert.Equal($"[\"{Key}\",null]", await visit.Page.EvaluateAsync<string>(Kept));
        await visit.Page.ReloadAsync();
        await Expect(visit.Order).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_key_is_remembered_on_the_device_when_that_is_wanted_and_forgotten_when_that_is()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Page.GetByLabel("Remember it on this device").CheckAsync();
        await visit.Button("Use this key").ClickAsync();
        await Expect(visit.Order).ToBeVisibleAsync();
        Assert.Equal($"[null,\"{Key}\"]", await visit.Page.EvaluateAsync<string>(Kept));

        await visit.Button("Key").ClickAsync();
        await visit.Button("Forget the one in use").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your key" })).ToContainTextAsync("Missing");
        Assert.Equal("[null,null]", await visit.Page.EvaluateAsync<string>(Kept));
    }

    [Fact]
    public async Task A_key_that_is_forgotten_is_forgotten_in_the_other_tabs_too_with_what_they_showed()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/#/usage");
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await Expect(visit.Page.Locator(".figures")).ToContainTextAsync("Spent");
        var other = await visit.Page.Context.NewPageAsync();
        await other.GotoAsync(reel.Url.AbsoluteUri);
        await other.GetByLabel("API key").FillAsync(Key);
        await other.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
        await Expect(other.GetByRole(AriaRole.Button, new() { Name = "Make the video" })).ToBeVisibleAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Key", Exact = true }).ClickAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Forget the one in use" }).ClickAsync();

        await Expect(visit.Page.Locator(".figures")).ToBeEmptyAsync();
        Assert.Equal("[null,null]", await visit.Page.EvaluateAsync<string>(Kept));
    }

    [Fact]
    public async Task With_another_key_what_the_one_before_cost_is_shown_no_more()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        await PutInAsync(visit, Key);
        await visit.Prompt.FillAsync("on the account of the first");
        await visit.Order.ClickAsync();
        await Expect(visit.Card("on the account of the first").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator(".charts figure")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByRole(AriaRole.Table)).ToContainTextAsync("Kling 2.6");

        // Not even while nothing is known of the next.
        var goOn = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/v2/usage?*", async route =>
        {
            await goOn.Task;
            await route.ContinueAsync();
        });
        await visit.Button("Key").ClickAsync();
        await PutInAsync(visit, OtherKey);
        foreach (var part in (string[])[".figures", ".charts"]) await Expect(visit.Page.Locator(part)).ToBeEmptyAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);

        goOn.SetResult();
        await Expect(visit.Page.GetByText("There was no request in this time.")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".charts")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Who_said_Not_now_is_not_asked_again_until_they_ask_for_it()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs");
        await visit.StopClockAsync();
        await visit.Page.GotoAsync(reel.Url.AbsoluteUri);
        await Expect(visit.Dialog).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync("Missing Authorization");
        await visit.Button("Not now").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        var asked = visit.Sent("GET /v2/");
        for (var seconds = 0; seconds < 60; seconds += 10) await visit.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(asked, visit.Sent("GET /v2/"));
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await visit.Page.Locator("#gallery-note").GetByRole(AriaRole.Button, new() { Name = "Put in a key" }).ClickAsync();
        await PutInAsync(visit, Key);
        await Expect(visit.Page.GetByText("Nothing here yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_is_said_of_a_key_that_was_changed_meanwhile_asks_for_none()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs");
        var goOn = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/v2/requests?*", async route =>
        {
            if (!route.Request.Headers.ContainsKey("x-api-key")) await goOn.Task;
            await route.ContinueAsync();
        });
        await visit.Page.GotoAsync(reel.Url.AbsoluteUri);
        await PutInAsync(visit, Key);
        await Expect(visit.Page.GetByText("Nothing here yet")).ToBeVisibleAsync();
        var late = visit.Page.WaitForResponseAsync(response => response.Status == 401);
        goOn.SetResult();
        await late;
        await visit.Page.EvaluateAsync("fetch('page/none')");

        await Expect(visit.Dialog).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync("Nothing here yet");
    }

    [Fact]
    public async Task Where_the_browser_keeps_nothing_the_key_lasts_as_long_as_the_page()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs");
        await visit.Page.AddInitScriptAsync("""
            for (const name of ['sessionStorage', 'localStorage']) {
              Object.defineProperty(window, name, { get() { throw new DOMException('Access is denied.', 'SecurityError'); } });
            }
            """);
        await visit.Page.GotoAsync(reel.Url.AbsoluteUri);
        await PutInAsync(visit, Key);
        await visit.Prompt.FillAsync("kept nowhere");
        await visit.Order.ClickAsync();
        await Expect(visit.Card("kept nowhere").GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();

        await visit.Button("Key").ClickAsync();
        await visit.Button("Forget the one in use").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Missing");
        await Expect(visit.Card("kept nowhere")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_video_is_ordered_and_played_with_a_key()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await visit.Prompt.FillAsync("behind a key");
        await visit.Order.ClickAsync();
        await visit.OpenAsync("behind a key");

        await visit.Page.WaitForFunctionAsync("() => document.querySelector('#request video')?.readyState >= 2");
    }

    [Fact]
    public async Task Where_the_storage_cannot_be_reached_the_video_comes_through_the_API()
    {
        await using var visit = await Visit.StartAsync(reel.Url);
        await visit.Page.RouteAsync("**/devstoreaccount1/**", route => route.AbortAsync("connectionrefused"));
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await visit.Prompt.FillAsync("around the storage");
        await visit.Order.ClickAsync();
        await visit.Card("around the storage").GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();

        await visit.Page.WaitForFunctionAsync("() => { const video = document.querySelector('.card video'); return video?.src.startsWith('blob:') && video.currentTime > 0.2; }");
    }

    private static async Task PutInAsync(Visit visit, string key)
    {
        await visit.Page.GetByLabel("API key").FillAsync(key);
        await visit.Button("Use this key").ClickAsync();
    }
}

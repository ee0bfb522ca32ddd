using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Desk;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>A server that lets in who has a key.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private const string Key = "a-key-for-the-page-tests";
    private const string Kept = "JSON.stringify([sessionStorage.getItem('reel-key'), localStorage.getItem('reel-key')])";

    private Bench bench = null!;
    private ReelProcess reel = null!;

    public async Task InitializeAsync()
    {
        bench = await Bench.CreateAsync();
        reel = await bench.StartAsync(("Api__Keys__desk", Key));
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
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>One request's own view.</summary>
[Collection(PageTests.Name)]
public sealed partial class RequestViewTests(PageDesk desk)
{
    [Fact]
    public async Task One_that_is_under_way_is_cancelled_and_says_whether_it_was_charged()
    {
        await desk.SubmitAsync("to be cancelled [stuck]");
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.OpenAsync("to be cancelled");
        await Expect(visit.Page.Locator(".timeline [aria-current=step]")).ToContainTextAsync("Rendering");
        await visit.KeepAsync("_before");
        await visit.Button("Cancel").ClickAsync();

        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("Cancelled");
        await Expect(visit.Page.Locator(".note")).ToContainTextAsync("charged");
        await Expect(visit.Button("Cancel")).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task One_that_failed_says_why_and_that_nothing_was_charged()
    {
        await desk.FinishedAsync("to fail [fail]");
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Card("to fail")).ToContainTextAsync("The render failed");
        await visit.OpenAsync("to fail");

        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("The render failed");
        await Expect(visit.Page.Locator(".note")).ToContainTextAsync("Inference failed");
        await Expect(visit.Page.Locator(".note")).ToContainTextAsync("Nothing was charged.");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Timeline" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task One_is_watched_to_its_end_without_another_click()
    {
        var id = await desk.SubmitAsync("watched to its end [slow]");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");

        await Expect(visit.Page.Locator("#request video")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("Done");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Timeline" })).ToContainTextAsync("Saved to your storage");
        await Expect(visit.Page.Locator(".details")).ToContainTextAsync("SHA-256");
    }

    [Fact]
    public async Task Done_again_it_fills_the_form()
    {
        var id = await desk.FinishedAsync("to be done again");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");
        await visit.Button("Do it again").ClickAsync();

        await Expect(visit.Prompt).ToHaveValueAsync("to be done again");
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { Name = "5 s" })).ToBeCheckedAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "New video" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Deleting_asks_and_Escape_means_no()
    {
        var id = await desk.FinishedAsync("to be deleted");
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.OpenAsync("to be deleted");
        var dialog = visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete it?" });
        await visit.Button("Delete").ClickAsync();
        await visit.KeepAsync("_asked");
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(visit.Button("Delete")).ToBeFocusedAsync();
        Assert.Equal(200, (int)(await desk.Caller.ResultAsync(id)).Status);

        await visit.Button("Delete").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Videos" })).ToBeFocusedAsync();
        await Expect(visit.Card("to be deleted")).ToHaveCountAsync(0);
        Assert.Equal(404, (int)(await desk.Caller.ResultAsync(id)).Status);
    }

    [Fact]
    public async Task The_command_orders_the_same_and_has_no_key_in_it()
    {
        var id = await desk.FinishedAsync("it's a 'quoted' one");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");

        var command = visit.Page.GetByLabel("The command");
        await Expect(command).ToContainTextAsync($"curl -s '{desk.Url.AbsoluteUri}v2/kling-2.6' \\ -H \"x-api-key: $REEL_API_KEY\" \\ -H 'content-type: application/json' \\ -H 'idempotency-key: page-");
        await Expect(command).ToContainTextAsync("""-d '{"prompt":"it'\''s a '\''quoted'\'' one","duration":5}'""");
    }

    [Fact]
    public async Task The_copied_command_has_a_key_of_its_own_under_which_it_is_one_video_however_often_it_is_run()
    {
        var id = await desk.FinishedAsync("copied");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.Button("Copy").ClickAsync();
        await Expect(visit.Button("Copied")).ToBeVisibleAsync();
        var command = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        var key = IdempotencyKey().Match(command).Groups[1].Value;
        Assert.NotEmpty(key);

        var (one, other) = (await SendAsync(), await SendAsync());
        Assert.NotEqual(id, one);
        Assert.Equal(one, other);

        // Another copy is another video.
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.GetByLabel("The command")).Not.ToContainTextAsync(key);
        await Expect(visit.Page.GetByLabel("The command")).ToContainTextAsync("idempotency-key: page-");

        Task<string> SendAsync() => desk.Caller.SubmitAsync(new JsonObject { ["prompt"] = "copied", ["duration"] = 5 }, headers: ("idempotency-key", key));
    }

    [Fact]
    public async Task Who_was_told_is_shown_and_can_be_told_again()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("told to a webhook"));
        await desk.Caller.FinishAsync(id);
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");
        var webhooks = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Webhooks", Exact = true });
        await Expect(webhooks).ToContainTextAsync("· delivered");
        await webhooks.GetByRole(AriaRole.Button, new() { Name = "Send video.completed again" }).First.ClickAsync();

        await Expect(webhooks.GetByRole(AriaRole.Button)).ToHaveCountAsync(2);
        await Expect(webhooks.Locator(".fault")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task One_that_is_not_there_says_so()
    {
        await using var visit = await Visit.StartAsync(desk.Url, "/#/requests/9f4b9c3e-1234-8abc-9def-0123456789ab");

        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "There is no such request" })).ToBeVisibleAsync();
    }

    [GeneratedRegex("-H 'idempotency-key: (page-[0-9a-f]{32})'")]
    private static partial Regex IdempotencyKey();
}

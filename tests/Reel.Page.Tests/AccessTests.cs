using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Without a mouse, and without looking.</summary>
[Collection(PageTests.Name)]
public sealed class AccessTests(PageDesk desk)
{
    [Fact]
    public async Task A_video_is_ordered_found_and_cancelled_by_keyboard_alone()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        var keyboard = visit.Page.Keyboard;
        await Expect(visit.Order).ToBeVisibleAsync();

        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();

        await TabToAsync(visit, visit.Page.GetByRole(AriaRole.Radio, new() { Name = "Kling 2.6" }));
        await keyboard.PressAsync("ArrowDown");
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { Name = "Kling 1.6 Text to Video" })).ToBeCheckedAsync();
        await TabToAsync(visit, visit.Prompt);
        await keyboard.TypeAsync("by keyboard [stuck]");
        await TabToAsync(visit, visit.Order);
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "The video is ordered." })).ToHaveCountAsync(1);

        await TabToAsync(visit, visit.Card("by keyboard").GetByRole(AriaRole.Link));
        await visit.KeepAsync("_focus");
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "by keyboard" })).ToBeFocusedAsync();
        await TabToAsync(visit, visit.Button("Cancel"));
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("Cancelled");

        await visit.Page.GoBackAsync();
        await Expect(visit.Card("by keyboard").GetByRole(AriaRole.Link)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_dialog_keeps_the_focus_and_gives_it_back()
    {
        await using var visit = await Visit.StartAsync(desk.Url);
        await visit.Button("Key").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.GetByLabel("API key")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        await Expect(visit.Button("Key")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_gallery_makes_sense_to_who_does_not_see_it()
    {
        await desk.FinishedAsync("heard and not seen");
        await desk.SubmitAsync("heard under way [stuck]");
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Card("heard and not seen")).ToBeVisibleAsync();

        await Expect(visit.Page.Locator("body")).ToMatchAriaSnapshotAsync("""
            - banner:
              - link "Reel, to the videos"
              - navigation "Views":
                - link "Videos"
                - link "Usage"
                - link "API"
              - button "Key"
            - main:
              - region "New video":
                - heading "New video" [level=2]
                - form "New video":
                  - group "Model":
                    - radio /Kling 2\.6/ [checked]
                    - radio /Kling 1\.6 Text to Video/
                    - radio /Kling 1\.6 Image to Video/
                  - textbox "Prompt required"
                  - group "Aspect ratio":
                    - radio "16:9" [checked]
                    - radio "9:16"
                    - radio "1:1"
                  - group "Duration":
                    - radio "5 s"
                    - radio "10 s" [checked]
                  - switch "Generate audio" [checked]
                  - textbox "Image URL"
                  - group: More options
                  - button "Make the video"
              - region "Videos":
                - heading "Videos" [level=1]
                - search "Find videos":
                  - searchbox "Search the beginnings of the prompts"
                  - combobox "State"
                  - combobox "Model"
                - region "Today":
                  - heading "Today" [level=2]
                  - list:
                    - listitem:
                      - article:
                        - paragraph: /.+/
                        - progressbar "Progress"
                        - heading "heard under way [stuck]" [level=3]:
                          - link "heard under way [stuck]"
                    - listitem:
                      - article:
                        - 'button "Play: heard and not seen"'
                        - heading "heard and not seen" [level=3]:
                          - link "heard and not seen"
            """);
    }

    [Fact]
    public async Task A_request_makes_sense_to_who_does_not_see_it()
    {
        var id = await desk.FinishedAsync("told and not seen [fail]");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");

        await Expect(visit.Page.GetByRole(AriaRole.Main)).ToMatchAriaSnapshotAsync("""
            - main:
              - region "told and not seen [fail]":
                - paragraph:
                  - link "All videos"
                - button "Do it again"
                - button "Delete"
                - heading "told and not seen [fail]" [level=1]
                - region "Timeline":
                  - heading "What happened" [level=2]
                  - list:
                    - listitem:
                      - text: Accepted
                    - listitem:
                      - text: Taken by the provider
                    - listitem:
                      - text: The render failed
                - region "Parameters":
                  - heading "What it is made from" [level=2]
                  - term: Model
                  - definition: Kling 2.6
                - region "As a command":
                  - heading "As a command" [level=2]
                  - button "Copy"
            """);
    }

    [Fact]
    public async Task Progress_is_not_read_out_step_by_step()
    {
        await desk.SubmitAsync("a quiet one [stuck]");
        await using var visit = await Visit.StartAsync(desk.Url);
        await Expect(visit.Card("a quiet one")).ToBeVisibleAsync();

        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("document.querySelectorAll('#cards [aria-live], #cards [role=status], #cards [role=alert]').length"));
    }

    /// <summary>Presses Tab until it is there.</summary>
    private static async Task TabToAsync(Visit visit, ILocator target)
    {
        for (var presses = 0; presses < 80; presses++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement")) return;
        }

        Assert.Fail($"Eighty Tabs do not lead to {target}.");
    }
}

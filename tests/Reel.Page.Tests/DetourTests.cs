using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>What the page does when the straight way is closed.</summary>
[Collection(PageTests.Name)]
public sealed partial class DetourTests(PageDesk desk)
{
    [Fact]
    public async Task Where_the_storage_cannot_be_reached_the_picture_comes_through_the_API()
    {
        await desk.FinishedAsync("a picture by a detour");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.Page.RouteAsync("**/devstoreaccount1/**", route => route.AbortAsync("connectionrefused"));
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);

        await Expect(visit.Card("a picture by a detour").Locator("canvas[data-drawn]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Who_was_told_is_asked_for_again_when_it_could_not_be_had()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("told, and asked for twice"));
        await desk.Caller.FinishAsync(id);
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        const string broken = """{"error": "Something broke here", "error_code": "internal"}""";
        await visit.Page.RouteAsync(Deliveries(), route => route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = broken }), new() { Times = 1 });
        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        var webhooks = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Webhooks", Exact = true });
        await Expect(webhooks).ToContainTextAsync("Who was told cannot be shown yet: Something broke here");

        await Expect(webhooks).ToContainTextAsync("· delivered");
        await Expect(webhooks).Not.ToContainTextAsync("Something broke here");
    }

    [GeneratedRegex("/deliveries$")]
    private static partial Regex Deliveries();
}

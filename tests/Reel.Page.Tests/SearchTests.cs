using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Looking for words in a list that is longer than what is loaded of it. The list is made up: there are more requests in it than one would order for this.</summary>
[Collection(PageTests.Name)]
public sealed partial class SearchTests(PageDesk desk)
{
    [Fact]
    public async Task Words_are_found_far_down_and_it_is_said_what_was_searched()
    {
        await using var visit = await StartAsync(count: 1200, needle: 1100);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("NEEDLE");

        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
        await Expect(Note(visit)).ToHaveTextAsync("1 of all 1,200 has that in the beginning of the prompt.");
        await Expect(visit.Page.Locator("#more")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_search_ends_after_two_thousand_and_goes_on_when_that_is_wanted()
    {
        await using var visit = await StartAsync(count: 2500, needle: 2400);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await Expect(Note(visit)).ToHaveTextAsync(TwoThousand());
        await visit.Button("Search further").ClickAsync();

        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
        await Expect(Note(visit)).ToHaveTextAsync("1 of all 2,500 has that in the beginning of the prompt.");
    }

    [Fact]
    public async Task A_search_ends_when_enough_is_found()
    {
        await using var visit = await StartAsync(count: 2500, needle: 2400);
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("straw");

        await Expect(Note(visit)).ToHaveTextAsync(AllThatIsLoaded());
    }

    [Fact]
    public async Task A_search_is_stopped_by_its_button_and_by_other_words()
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var visit = await StartAsync(count: 900, needle: 800, further: () =>
        {
            reached.TrySetResult();
            return gate.Task;
        });
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await reached.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMilliseconds));
        await Expect(Note(visit)).ToHaveTextAsync("Searching…");
        await visit.KeepAsync("_searching");
        await visit.Button("Stop searching").ClickAsync();
        await Expect(Note(visit)).ToHaveTextAsync("None of the newest 250 have that in the beginning of the prompt.");
        await Expect(visit.Button("Search further")).ToBeVisibleAsync();

        await visit.Button("Search further").ClickAsync();
        await Expect(Note(visit)).ToHaveTextAsync("Searching…");
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await Expect(Note(visit)).ToBeEmptyAsync();
        await Expect(visit.Button("Show more")).ToBeVisibleAsync();
        gate.SetResult();
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
    }

    private static ILocator Note(Visit visit) => visit.Page.Locator("#gallery-note");

    /// <param name="count">How many requests there are.</param>
    /// <param name="needle">Which of them, from the newest, is the one.</param>
    /// <param name="further">What happens before more than the newest 250 are told.</param>
    private async Task<Visit> StartAsync(int count, int needle, Func<Task>? further = null, [CallerMemberName] string name = "")
    {
        var visit = await Visit.StartAsync(desk.Url, "/docs", name: name);
        await visit.Page.RouteAsync(List(), async route =>
        {
            var query = HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
            var from = int.Parse(query["cursor"] ?? "0", CultureInfo.InvariantCulture);
            var to = Math.Min(count, from + int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
            if (from >= 250 && further is not null) await further();
            var requests = Enumerable.Range(from, to - from).Select(i => new
            {
                request_id = $"00000000-0000-8000-8000-{i:000000000000}",
                status = "FAILED",
                error_code = "canceled",
                error = "It was cancelled",
                model = "kling-2.6",
                created_at = "2026-01-01T12:00:00+00:00",
                prompt = i == needle ? "a needle" : "a straw",
            });
            var body = JsonSerializer.Serialize(new { requests, next_cursor = to < count ? $"{to}" : null });
            await route.FulfillAsync(new() { ContentType = "application/json", Body = body });
        });
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator(".card").First).ToBeVisibleAsync();
        return visit;
    }

    // What one has scrolled past is loaded already.
    [GeneratedRegex("^None of the newest 2,[01]50 have that in the beginning of the prompt.$")]
    private static partial Regex TwoThousand();

    [GeneratedRegex(@"^([1-9]50) of the newest \1 have that in the beginning of the prompt.$")]
    private static partial Regex AllThatIsLoaded();

    [GeneratedRegex(@"/v2/requests\?")]
    private static partial Regex List();
}

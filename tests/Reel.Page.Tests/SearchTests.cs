using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>Looking for words in a list that is longer than what is loaded of it.</summary>
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

    [Fact]
    public async Task A_search_waits_while_another_view_is_shown_and_goes_on_when_one_is_back()
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var visit = await StartAsync(count: 900, needle: 800, further: () =>
        {
            reached.TrySetResult();
            return gate.Task;
        });
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await reached.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMilliseconds));
        await visit.ShowAsync("#/usage");
        await ReleaseAsync(visit, gate);
        await Expect(Note(visit)).ToHaveTextAsync("Searching…");

        await visit.ShowAsync("#/");
        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
        await Expect(Note(visit)).ToHaveTextAsync("1 of all 900 has that in the beginning of the prompt.");
    }

    [Fact]
    public async Task A_search_asks_for_nothing_in_a_tab_that_nobody_sees_and_goes_on_when_one_looks_again()
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var visit = await StartAsync(count: 900, needle: 800, further: () =>
        {
            reached.TrySetResult();
            return gate.Task;
        });
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await reached.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMilliseconds));
        await visit.LookAsync(false);
        await ReleaseAsync(visit, gate);
        var asked = visit.Sent("GET /v2/requests?");
        await visit.Page.EvaluateAsync("fetch('page/none')");
        Assert.Equal(asked, visit.Sent("GET /v2/requests?"));
        await Expect(Note(visit)).ToHaveTextAsync("Searching…");

        await visit.LookAsync(true);
        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_search_goes_on_when_the_list_can_be_had_again(int status)
    {
        var isBroken = true;
        await using var visit = await StartAsync(count: 900, needle: 800);
        await visit.Page.RouteAsync(MadeUpList.Address(), route => isBroken && MadeUpList.From(route) >= 250 ? MadeUpList.BreakAsync(route, status) : route.FallbackAsync());
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await Expect(visit.Page.Locator(status == 500 ? "#gallery-note" : "#banner")).ToContainTextAsync("Something broke here.");
        await Expect(visit.Button("Stop searching")).ToBeVisibleAsync();

        isBroken = false;
        await visit.Button(status == 500 ? "Try again" : "Try now").ClickAsync();
        await Expect(visit.Card("a needle")).ToBeVisibleAsync();
        await Expect(Note(visit)).ToHaveTextAsync("1 of all 900 has that in the beginning of the prompt.");
    }

    /// <summary>Lets the page of the list that is held go, and returns when it was taken.</summary>
    private static async Task ReleaseAsync(Visit visit, TaskCompletionSource gate)
    {
        var answer = visit.Page.WaitForResponseAsync(MadeUpList.Address());
        gate.SetResult();
        await (await answer).FinishedAsync();
        await visit.Page.EvaluateAsync("fetch('page/none')");
    }

    private static ILocator Note(Visit visit) => visit.Page.Locator("#gallery-note");

    /// <param name="count">How many requests there are.</param>
    /// <param name="needle">Which of them, from the newest, is the one.</param>
    /// <param name="further">What happens before more than the newest 250 are told.</param>
    private async Task<Visit> StartAsync(int count, int needle, Func<Task>? further = null, [CallerMemberName] string name = "")
    {
        var visit = await Visit.StartAsync(desk.Url, "/docs", name: name);
        await visit.Page.RouteAsync(MadeUpList.Address(), async route =>
        {
            if (MadeUpList.From(route) >= 250 && further is not null) await further();
            await MadeUpList.AnswerAsync(route, count, index => MadeUpList.One(index, index == needle ? "a needle" : "a straw"));
        });
        await visit.MindLooksAsync();
        await visit.Page.GotoAsync(desk.Url.AbsoluteUri);
        await Expect(visit.Page.Locator(".card").First).ToBeVisibleAsync();
        return visit;
    }

    // What one has scrolled past is loaded already.
    [GeneratedRegex("^None of the newest 2,[01]50 have that in the beginning of the prompt.$")]
    private static partial Regex TwoThousand();

    [GeneratedRegex(@"^([1-9]50) of the newest \1 have that in the beginning of the prompt.$")]
    private static partial Regex AllThatIsLoaded();
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Reel.EndToEnd.Tests.Desk;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>What one key has ordered, and then another is put in.</summary>
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

    [Theory]
    [InlineData("key")]
    [InlineData("kind")]
    public async Task A_request_that_was_asked_for_before_the_key_or_the_filter_changed_does_not_come_back(string what)
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs", name: $"Does_not_come_back_{what}");
        await visit.StopClockAsync();
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await AnswerAsync(visit, (route, key) => MadeUpList.AnswerAsync(route, key == OtherKey || route.Request.Url.Contains("status=", StringComparison.Ordinal) ? 0 : 70,
            index => index == 52 ? MadeUpList.One(index, "a secret of the first", "PROCESSING") : MadeUpList.One(index)));
        await visit.Page.RouteAsync($"**/v2/requests/{MadeUpList.Id(52)}/status", async route =>
        {
            reached.TrySetResult();
            await gate.Task;
            await MadeUpList.JsonAsync(route, MadeUpList.One(52, "a secret of the first", "PROCESSING"));
        });
        await EnterAsync(visit);
        await ScrollToTheEndAsync(visit);
        await visit.Card("a secret of the first").ScrollIntoViewIfNeededAsync();
        for (var seconds = 0; !reached.Task.IsCompleted; seconds++)
        {
            Assert.True(seconds < 300, "Nobody asks for the request that is under way.");
            await visit.PassAsync(TimeSpan.FromSeconds(1));
        }

        if (what == "key") await PutInAsync(visit, OtherKey);
        else await visit.Page.Locator("#filter-status").SelectOptionAsync("COMPLETED");
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync(what == "key" ? "Nothing here yet" : "There is none of that kind");
        await visit.Page.EvaluateAsync("""
            window.hung = 0;
            new MutationObserver(() => { hung += document.querySelectorAll('.card').length; }).observe(document.getElementById('cards'), { childList: true, subtree: true });
            """);
        await ReleaseAsync(visit, gate, "/status");
        for (var seconds = 0; seconds < 25; seconds++) await visit.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("hung"));
    }

    [Fact]
    public async Task A_page_of_the_list_that_the_former_key_was_refused_stops_nothing_for_the_present_one()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs");
        await visit.StopClockAsync();
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await AnswerAsync(visit, async (route, key) =>
        {
            if (key == Key && MadeUpList.From(route) > 0)
            {
                reached.TrySetResult();
                await gate.Task;
                await MadeUpList.BreakAsync(route, 401);
                return;
            }

            await MadeUpList.AnswerAsync(route, 70, index => MadeUpList.One(index, key == Key ? "of the first" : "of the second"));
        });
        await EnterAsync(visit);
        await ScrollToTheEndAsync(visit);
        await reached.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMilliseconds));
        await PutInAsync(visit, OtherKey);
        await Expect(visit.Card("of the second").First).ToBeVisibleAsync();
        await ScrollToTheEndAsync(visit);
        await Expect(visit.Card("of the second")).ToHaveCountAsync(70);

        await ReleaseAsync(visit, gate, "cursor=");
        await Expect(visit.Page.Locator("#gallery-note")).ToBeEmptyAsync();
        var asked = visit.Sent("GET /v2/requests?");
        for (var seconds = 0; visit.Sent("GET /v2/requests?") == asked; seconds++)
        {
            Assert.True(seconds < 300, "Nobody asks for the list any more.");
            await visit.PassAsync(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Pictures_of_the_former_key_that_wait_are_not_asked_for_with_the_present_one()
    {
        await using var visit = await Visit.StartAsync(reel.Url, "/docs");
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var asked = 0;
        await AnswerAsync(visit, (route, key) => MadeUpList.AnswerAsync(route, key == Key ? 8 : 0, index => MadeUpList.One(index, status: "COMPLETED")));
        await visit.Page.RouteAsync($"**/v2/requests/{MadeUpList.Id(0)[..^1]}*", async route =>
        {
            if (Interlocked.Increment(ref asked) == 2) reached.TrySetResult();
            await gate.Task;
            await MadeUpList.BreakAsync(route, 404);
        });
        await EnterAsync(visit);
        await reached.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMilliseconds));
        await PutInAsync(visit, OtherKey);
        await Expect(visit.Page.Locator("#gallery-note")).ToContainTextAsync("Nothing here yet");
        await ReleaseAsync(visit, gate, MadeUpList.Id(0)[..^1]);

        Assert.Equal(2, asked);
    }

    /// <summary>Answers for the list, by the key; without one, the server does.</summary>
    private static async Task AnswerAsync(Visit visit, Func<IRoute, string, Task> answer) => await visit.Page.RouteAsync(MadeUpList.Address(), route =>
        route.Request.Headers.TryGetValue("x-api-key", out var key) ? answer(route, key) : route.ContinueAsync());

    /// <summary>Opens the page and puts in the first key.</summary>
    private async Task EnterAsync(Visit visit)
    {
        await visit.Page.GotoAsync(reel.Url.AbsoluteUri);
        await visit.Page.GetByLabel("API key").FillAsync(Key);
        await visit.Button("Use this key").ClickAsync();
        await Expect(visit.Page.Locator(".card").First).ToBeVisibleAsync();
    }

    private static async Task ScrollToTheEndAsync(Visit visit) => await visit.Page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");

    /// <summary>Lets an answer go that is held, and returns when it was taken.</summary>
    private static async Task ReleaseAsync(Visit visit, TaskCompletionSource gate, string address)
    {
        var answer = visit.Page.WaitForResponseAsync(response => response.Url.Contains(address, StringComparison.Ordinal));
        gate.SetResult();
        await (await answer).FinishedAsync();
        for (var turns = 0; turns < 3; turns++) await visit.Page.EvaluateAsync("fetch('page/none')");
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

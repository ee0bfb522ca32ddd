using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Reel.Page.Tests;

/// <summary>A request that is watched, when its stream falls silent, it is cancelled, or nobody looks.</summary>
[Collection(PageTests.Name)]
public sealed class WatchTests(PageDesk desk)
{
    // A stream that is there and, having said this, says nothing more.
    private const string SilentStream = """
        (words) => {
          const ask = window.fetch;
          window.fetch = (address, options) => {
            if (!new URL(address, document.baseURI).pathname.endsWith('/events')) return ask(address, options);
            const body = new ReadableStream({
              start(stream) {
                stream.enqueue(new TextEncoder().encode(words));
                options.signal.addEventListener('abort', () => stream.error(options.signal.reason));
              },
            });
            return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
          };
        }
        """;

    [Fact]
    public async Task A_stream_that_is_silent_for_45_seconds_is_given_up_and_what_becomes_of_the_request_is_asked_for()
    {
        var id = await desk.SubmitAsync("behind a silent stream [stuck]");
        await desk.Caller.WaitForStageAsync(id, "rendering");
        await using var visit = await OpenWithSilentStreamAsync($$"""event: status\ndata: {"request_id": "{{id}}", "status": "PROCESSING", "stage": "saving"}\n\n""", id);
        var state = visit.Page.Locator(".state-line");
        await Expect(state).ToHaveTextAsync("Saving");

        await visit.PassAsync(TimeSpan.FromSeconds(44));
        Assert.Equal(0, visit.Sent($"GET /v2/requests/{id}/status"));
        await visit.PassAsync(TimeSpan.FromSeconds(2));
        await Expect(state).ToHaveTextAsync("Rendering");
        await visit.Page.Clock.ResumeAsync();
        await desk.Caller.PostAsync($"/v2/requests/{id}/cancel", []);
        await Expect(state).ToHaveTextAsync("Cancelled");
    }

    [Fact]
    public async Task The_answer_to_a_cancel_is_shown_without_waiting_for_what_the_stream_says()
    {
        var id = await desk.SubmitAsync("cancelled and seen at once [stuck]");
        await desk.Caller.WaitForStageAsync(id, "rendering");
        await using var visit = await OpenWithSilentStreamAsync(": nothing\\n\\n", id);
        await visit.Page.RouteAsync("**/cancel", async route =>
        {
            await route.FetchAsync();
            await desk.Caller.FinishAsync(id);
            var ended = await desk.Caller.StatusAsync(id);
            await route.FulfillAsync(new() { ContentType = "application/json", Body = ended.Body!.ToJsonString() });
        });
        await visit.Button("Cancel").ClickAsync();

        await Expect(visit.Page.Locator(".state-line")).ToHaveTextAsync("Cancelled");
        await Expect(visit.Button("Cancel")).ToHaveCountAsync(0);
        Assert.Equal(0, visit.Sent($"GET /v2/requests/{id}/status"));
    }

    [Fact]
    public async Task The_answer_to_a_cancel_that_comes_when_one_has_left_changes_nothing_there()
    {
        var id = await desk.SubmitAsync("cancelled and left [stuck]");
        await desk.Caller.WaitForStageAsync(id, "rendering");
        await using var visit = await Visit.StartAsync(desk.Url, $"/#/requests/{id}");
        var goOn = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/cancel", async route =>
        {
            await goOn.Task;
            await route.FetchAsync();
            await desk.Caller.FinishAsync(id);
            var ended = await desk.Caller.StatusAsync(id);
            await route.FulfillAsync(new() { ContentType = "application/json", Body = ended.Body!.ToJsonString() });
        });
        await visit.Button("Cancel").ClickAsync();
        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator("#usage")).ToBeVisibleAsync();
        goOn.SetResult();

        await Expect(visit.Page.Locator("#news")).ToHaveTextAsync("It is being cancelled.");
        await Expect(visit.Page.Locator("#request .actions + .fault")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Deliveries_are_asked_for_while_somebody_looks_and_no_longer()
    {
        var id = await desk.FinishedAsync("told for days");
        await using var visit = await Visit.StartAsync(desk.Url, "/docs");
        await visit.StopClockAsync();
        await visit.MindLooksAsync();
        var pending = new JsonObject
        {
            ["deliveries"] = new JsonArray(new JsonObject { ["event_id"] = "e1", ["type"] = "video.completed", ["url"] = "https://example.com/hook", ["state"] = "pending" }),
        };
        await visit.Page.RouteAsync("**/deliveries", route => route.FulfillAsync(new() { ContentType = "application/json", Body = pending.ToJsonString() }));
        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Webhooks", Exact = true })).ToContainTextAsync("pending");
        var asked = $"GET /v2/requests/{id}/deliveries";
        await AssertAskedAgainAsync();

        await visit.LookAsync(false);
        await AssertQuietAsync();
        await visit.LookAsync(true);
        await AssertAskedAgainAsync();

        await visit.ShowAsync("#/usage");
        await Expect(visit.Page.Locator(".figures")).ToContainTextAsync("Spent");
        await AssertQuietAsync();

        async Task AssertAskedAgainAsync()
        {
            var before = visit.Sent(asked);
            var watch = Stopwatch.StartNew();
            while (visit.Sent(asked) < before + 2)
            {
                Assert.True(watch.ElapsedMilliseconds < Visit.PatienceMilliseconds, "Nobody asks for the deliveries any more.");
                await visit.PassAsync(TimeSpan.FromSeconds(10));
            }
        }

        async Task AssertQuietAsync()
        {
            var before = visit.Sent(asked);
            for (var passed = 0; passed < 12; passed++) await visit.PassAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(before, visit.Sent(asked));
        }
    }

    private async Task<Visit> OpenWithSilentStreamAsync(string words, string id, [CallerMemberName] string name = "")
    {
        var visit = await Visit.StartAsync(desk.Url, "/docs", name: name);
        await visit.StopClockAsync();
        await visit.Page.AddInitScriptAsync($"({SilentStream})('{words}')");
        await visit.Page.GotoAsync(new Uri(desk.Url, $"/#/requests/{id}").AbsoluteUri);
        await Expect(visit.Page.Locator(".state-line")).ToBeVisibleAsync();
        return visit;
    }
}

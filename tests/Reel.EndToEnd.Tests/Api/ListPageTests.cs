using System.Text.Json.Nodes;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /v2/requests over an engine that heeds no hints: pages are full, whatever is filtered, and stay where they are.</summary>
public sealed class ListPageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly List<string> failed = [];
    private ApiPair pair = null!;

    public async Task InitializeAsync()
    {
        pair = await ApiPair.StartAsync(azurite);
        for (var i = 0; i < 250; i++) await PutAsync(i % 7 == 0);
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task Each_page_but_the_last_is_full_and_nothing_is_told_twice_or_left_out_while_requests_come_and_go()
    {
        var expected = failed.AsEnumerable().Reverse().ToList();
        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = (await pair.GetAsync($"/v2/requests?status=FAILED&model=kling-2.6&limit=10&cursor={cursor}")).Body!;
            List<string> ids = [.. page["requests"]!.AsArray().Select(request => (string)request!["request_id"]!)];
            cursor = (string?)page["next_cursor"];
            Assert.True(ids.Count == 10 || cursor is null, $"{ids.Count} in a page that is not the last.");
            seen.AddRange(ids);

            await PutAsync(isFailed: true);
            pair.Engine.Forget($"desk_{seen[^1]}");
        }
        while (cursor is not null);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Times_are_those_of_acceptance()
    {
        var at = pair.Engine.Input($"desk_{failed[3]}").AcceptedAt;

        var page = (await pair.GetAsync($"/v2/requests?limit=100&since={Escape(at)}&until={Escape(at.AddTicks(1))}")).Body!;

        Assert.Equal(failed[3], (string?)Assert.Single(page["requests"]!.AsArray())!["request_id"]);
        static string Escape(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));
    }

    [Fact]
    public async Task What_fits_nowhere_takes_a_bounded_number_of_calls()
    {
        JsonNode page = (await pair.GetAsync("/v2/requests?model=kling-0.1&limit=1")).Body!;

        Assert.Empty(page["requests"]!.AsArray());
        Assert.Null(page["next_cursor"]);
    }

    private async Task PutAsync(bool isFailed)
    {
        pair.Time.Turn(TimeSpan.FromSeconds(1));
        var at = pair.Time.GetUtcNow();
        var request = new GenerationRequest(RequestId.New(at), "desk", "kling-2.6", "{}", at, at.AddHours(1), new PollSchedule(120, 4, 60), "http://reel.test");
        await pair.Engine.StartAsync(Orchestrations.Generate, InstanceIds.Of("desk", request.RequestId), request);
        if (!isFailed) return;
        pair.Engine.Fail($"desk_{request.RequestId}", ErrorCodes.ProviderFailed, Charged.No);
        failed.Add(request.RequestId);
    }
}

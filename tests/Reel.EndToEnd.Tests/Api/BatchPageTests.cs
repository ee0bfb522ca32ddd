using System.Net;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Lists of batches and of their requests, by page.</summary>
[Collection(ApiTests.Name)]
public sealed class BatchPageTests(ApiDesk desk) : BatchCalls(desk)
{
    [Fact]
    public async Task The_requests_come_by_page_in_the_order_of_the_input()
    {
        var accepted = await PostAsync(new JsonObject
        {
            ["requests"] = new JsonArray([.. Enumerable.Range(0, 40).Select(i => Item(i == 0 ? "[stuck]" : $"paged {i}"))]),
            ["concurrency"] = 1,
        });
        var (id, ids) = (accepted["batch_id"]!, accepted.Body!["request_ids"]!.AsArray().Select(one => (string)one!).ToList());
        await Desk.Caller.WaitForStageAsync(ids[0], "rendering");

        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await RequestsAsync(id, $"limit=7{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page.Body!["requests"]!.AsArray().Count, 1, 7);
            seen.AddRange(page.Body!["requests"]!.AsArray().Select(item => (string)item!["request_id"]!));
            cursor = page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(ids, seen);
        Assert.Equal(39, (await RequestsAsync(id, "limit=100&status=queued")).Body!["requests"]!.AsArray().Count(item => (int)item!["batch_index"]! > 0));
        Assert.Empty((await RequestsAsync(id, "status=completed")).Body!["requests"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await RequestsAsync(id, "cursor=nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await RequestsAsync(id, "cursor=1000")).Status);
        await Desk.Caller.PostAsync($"/v2/batches/{id}/cancel", "");
        await FinishAsync(id);
    }

    [Fact]
    public async Task Batches_are_listed_newest_first()
    {
        List<string> ids = [];
        for (var i = 0; i < 3; i++) ids.Insert(0, (await PostAsync(new JsonObject { ["requests"] = new JsonArray(Item($"listed {i}")) }))["batch_id"]!);

        var first = await Desk.Caller.GetAsync("/v2/batches?limit=2");
        var second = await Desk.Caller.GetAsync($"/v2/batches?limit=1&cursor={first["next_cursor"]}");

        Assert.Equal(ids, first.Body!["batches"]!.AsArray().Concat(second.Body!["batches"]!.AsArray()).Select(batch => (string)batch!["batch_id"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await Desk.Caller.GetAsync("/v2/batches?cursor=nonsense")).Status);
        foreach (var id in ids) await FinishAsync(id);
    }
}

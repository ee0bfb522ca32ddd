using System.Net;
using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /v2/requests and POST /v2/requests/{id}/cancel.</summary>
[Collection(ApiTests.Name)]
public sealed class ListTests(ApiDesk desk)
{
    [Fact]
    public async Task Requests_come_newest_first_a_page_at_a_time_and_no_page_moves_when_new_ones_come()
    {
        var since = DateTimeOffset.UtcNow;
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await desk.Caller.SubmitAsync(desk.Bench.Body($"listed: {i}")));

        var first = await ListAsync($"since={Uri.EscapeDataString(since.ToString("O"))}&limit=2");
        await desk.Caller.SubmitAsync(desk.Bench.Body("listed: late"));
        var second = await ListAsync($"since={Uri.EscapeDataString(since.ToString("O"))}&limit=2&cursor={first["next_cursor"]}");

        Assert.Equal(ids[..2], Ids(first));
        Assert.Equal(ids[2..4], Ids(second));
        Assert.Equal("kling-2.6", (string?)first["requests"]![0]!["model"]);
    }

    [Fact]
    public async Task Filters_leave_out_what_does_not_fit()
    {
        var failed = await desk.Caller.SubmitAsync(desk.Bench.Body("listed [fail]"));
        await desk.Caller.FinishAsync(failed);

        Assert.Contains(failed, Ids(await ListAsync("status=failed&limit=100")));
        Assert.DoesNotContain(failed, Ids(await ListAsync("status=COMPLETED&limit=100")));
        Assert.DoesNotContain(failed, Ids(await ListAsync("model=kling-1.6-text2video&limit=100")));
        Assert.DoesNotContain(failed, Ids(await ListAsync("until=2020-01-01&limit=100")));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("status=DONE", "status")]
    [InlineData("since=yesterday", "since")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=b3RoZXJ-YWJj", "cursor")] // other~abc
    [InlineData("cursor=bG9jYWx-JSUl", "cursor")] // local~%%%
    public async Task Wrong_parameters_are_named(string query, string name)
    {
        var answer = await desk.Caller.GetAsync($"/v2/requests?{query}");

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{answer.Status} {answer.Body}{desk.Reel.Story}");
        Assert.StartsWith(name, answer["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_ends_as_failed_and_stays_so()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("cancelled [stuck]"));
        await desk.Caller.WaitForStageAsync(id, "rendering");

        var cancelling = await desk.Caller.PostAsync($"/v2/requests/{id}/cancel", "");
        var result = await desk.Caller.FinishAsync(id);
        var again = await desk.Caller.PostAsync($"/v2/requests/{id}/cancel", "");

        Assert.True(cancelling.Status is HttpStatusCode.Accepted or HttpStatusCode.OK);
        Assert.Equal(("FAILED", "canceled", "unknown"), (result["status"], result["error_code"], result["charged"]));
        Assert.Equal((HttpStatusCode.OK, "canceled"), (again.Status, again["error_code"]));
        Assert.Single(await desk.Bench.Inbox.WaitAsync(id));
    }

    [Fact]
    public async Task A_completed_request_cannot_be_cancelled_any_more_and_an_unknown_one_is_not_found()
    {
        var id = await desk.Caller.SubmitAsync(desk.Bench.Body("too late to cancel"));
        await desk.Caller.CompleteAsync(id);

        var late = await desk.Caller.PostAsync($"/v2/requests/{id}/cancel", "");

        Assert.Equal((HttpStatusCode.OK, "COMPLETED"), (late.Status, late["status"]));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Caller.PostAsync("/v2/requests/00000000-0000-8000-8000-000000000000/cancel", "")).Status);
    }

    private async Task<JsonNode> ListAsync(string query)
    {
        var answer = await desk.Caller.GetAsync($"/v2/requests?{query}");
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Body}{desk.Reel.Story}");
        return answer.Body!;
    }

    private static List<string> Ids(JsonNode page) => [.. page["requests"]!.AsArray().Select(request => (string)request!["request_id"]!)];
}

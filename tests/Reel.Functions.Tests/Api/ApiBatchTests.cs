using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Reel.Batches;

namespace Reel.Functions.Tests.Api;

/// <summary>Batches through the function.</summary>
public sealed class ApiBatchTests : WorkerTest
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string id = BatchIds.New(Noon);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Server.Client.Object.ScheduleNewOrchestrationInstanceAsync(
            "Batch", new BatchRequest(id, "desk", 3, 2, Noon, "https://reel.test"), new StartOrchestrationOptions(BatchIds.Instance("desk", id)), CancellationToken.None);
        var tally = new BatchTally(1, new Dictionary<string, int> { ["expired"] = 2 }, 0.5m);
        Server.Client.Advance(
            BatchIds.Instance("desk", id), OrchestrationRuntimeStatus.Completed, new BatchState(BatchStatus.Completed, tally, FinishedAt: Noon.AddHours(1)));
    }

    [Fact]
    public async Task A_batch_says_how_its_requests_ended()
    {
        foreach (var batch in new[]
        {
            await Caller.GetFromJsonAsync<JsonElement>($"/v2/batches/{id}"),
            (await Caller.GetFromJsonAsync<JsonElement>("/v2/batches")).GetProperty("batches")[0],
            await (await Caller.PostAsync($"/v2/batches/{id}/cancel", null)).Content.ReadFromJsonAsync<JsonElement>(),
        })
        {
            Assert.Equal("COMPLETED", batch.GetProperty("status").GetString());
            Assert.Equal("""{"total":3,"queued":0,"in_flight":0,"completed":1,"failed":2}""", batch.GetProperty("counts").GetRawText());
            Assert.Equal(2, batch.GetProperty("error_codes").GetProperty("expired").GetInt32());
            Assert.Equal(0.5m, batch.GetProperty("cost").GetDecimal());
        }
    }

    [Fact]
    public async Task Another_caller_finds_nothing_of_it()
    {
        using var other = Server.Caller(WorkerServer.ShopKey);

        foreach (var path in new[] { $"/v2/batches/{id}", $"/v2/batches/{id}/requests", $"/v2/requests/{BatchIds.Request(id, 0)}" })
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/v2/batches/{id}/cancel", null)).StatusCode);
        Assert.Equal(0, (await other.GetFromJsonAsync<JsonElement>("/v2/batches")).GetProperty("batches").GetArrayLength());
        Assert.Equal(0, (await Caller.GetFromJsonAsync<JsonElement>("/v2/requests")).GetProperty("requests").GetArrayLength());
    }

    [Fact]
    public async Task A_batch_with_a_fault_is_refused_before_anything_is_started()
    {
        var answer = await Caller.PostAsJsonAsync(
            "/v2/batches", new { requests = new object[] { new { model = "kling-2.6", prompt = "fine" }, new { model = "kling-2.6" } } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal("is required", errors.GetProperty("requests[1].prompt").GetString());
        Assert.Single(Server.Client.Ids);
    }

    [Fact]
    public async Task A_batch_with_a_query_parameter_that_is_not_known_is_refused()
    {
        var answer = await Caller.PostAsJsonAsync("/v2/batches?dry_run=true", new { requests = new object[] { new { model = "kling-2.6", prompt = "fine" } } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Single(Server.Client.Ids);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_answered_and_not_cut_off()
    {
        using var body = new ByteArrayContent(new byte[(4 * 1024 * 1024) + 1]) { Headers = { ContentType = new("application/json") } };

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Caller.PostAsync("/v2/batches", body)).StatusCode);
    }
}

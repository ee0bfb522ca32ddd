using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reel.Batches;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Generations;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What was deleted is not brought back by whoever finds no instance of it, and takes it for one that was never started.</summary>
public sealed class DeletionMarkTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private ApiPair pair = null!;

    public async Task InitializeAsync()
    {
        pair = await ApiPair.StartAsync(azurite);
        pair.TurnToADayOfItsOwn();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    [Fact]
    public async Task A_resubmission_that_was_deleted_is_not_started_again()
    {
        var lost = await pair.SubmitAsync("a lighthouse");
        pair.Engine.Fail($"desk_{lost}", ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown);
        var id = (await pair.PostAsync($"/v2/requests/{lost}/resubmit"))["request_id"]!;
        pair.Engine.Fail($"desk_{id}", ErrorCodes.Canceled, Charged.No);
        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        var again = await pair.PostAsync($"/v2/requests/{lost}/resubmit");

        Assert.Equal((HttpStatusCode.Conflict, "request_deleted"), (again.Status, again["error_code"]));
        Assert.Single(pair.Engine.Started, $"desk_{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await pair.GetAsync($"/v2/requests/{id}")).Status);
    }

    [Theory]
    [InlineData(ErrorCodes.Canceled, ErrorCodes.Canceled)]
    [InlineData(ErrorCodes.ProviderFailed, ErrorCodes.Internal)] // why it failed is not kept
    public async Task A_batchs_request_that_was_deleted_before_its_lane_saw_the_end_has_ended_for_the_lane(string code, string seen)
    {
        var (batch, id) = await StartBatchAsync();
        var look = pair.Services.CreateScope().ServiceProvider.GetRequiredService<LookAtBatchItemActivity>();
        var input = new BatchItemInput(batch, "desk", 0, "https://reel.test");
        var toBegin = await look.RunAsync(input, CancellationToken.None);
        Assert.Equal(BatchItemKind.ToBegin, toBegin.Kind);
        await pair.Engine.StartAsync(Orchestrations.Generate, $"desk_{id}", toBegin.Request!);
        pair.Engine.Fail($"desk_{id}", code, Charged.No);
        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        var stand = await look.RunAsync(input, CancellationToken.None);

        Assert.Equal(new BatchItemStand(BatchItemKind.Ended, End: new BatchItemEnd(seen)), stand);
        await AssertGoneAsync(batch, id);
    }

    [Fact]
    public async Task A_batchs_request_that_was_cancelled_before_it_was_begun_can_be_deleted()
    {
        var (batch, id) = await StartBatchAsync();
        var cancelled = await pair.PostAsync($"/v2/requests/{id}/cancel");
        Assert.Equal((HttpStatusCode.OK, "canceled", "no"), (cancelled.Status, cancelled["error_code"], cancelled["charged"]));

        Assert.Equal(HttpStatusCode.NoContent, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);

        await AssertGoneAsync(batch, id);
        Assert.Equal(HttpStatusCode.NotFound, (await pair.DeleteAsync($"/v2/requests/{id}")).Status);
    }

    private async Task<(string Batch, string Request)> StartBatchAsync()
    {
        var item = new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a lighthouse" };
        var accepted = await pair.PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray(item) });
        return (accepted["batch_id"]!, (string)accepted.Body!["request_ids"]![0]!);
    }

    private async Task AssertGoneAsync(string batch, string id)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await pair.GetAsync($"/v2/requests/{id}")).Status);
        Assert.Empty((await pair.GetAsync($"/v2/batches/{batch}/requests")).Body!["requests"]!.AsArray());
    }
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Reel.Records;
using Reel.Webhooks;

namespace Reel.ErrorTable;

/// <summary>Rows of the error table that need a history of deliveries; for both hosts.</summary>
internal static class RefusedRedeliveries
{
    private const string Caller = "desk";

    /// <summary>Each status with its code.</summary>
    public static IEnumerable<(int Status, string Code)> Codes { get; } = [(409, "endpoint_paused"), (409, "redelivery_limit")];

    /// <summary>Asks for them of a host that knows the key of the error table.</summary>
    public static async Task AssertAsync(IErrorWorld world)
    {
        var often = await BeginAsync(world, "https://shop.test/often");
        await AddAsync(world, often, DeliveryIds.MostRedeliveries);
        await AssertAsync(world, often.Subject, 409, "redelivery_limit");

        var paused = await BeginAsync(world, "https://shop.test/paused");
        var now = DateTimeOffset.UtcNow;
        await new RecordStore(new BlobServiceClient(world.Storage)).CreateAsync(
            EndpointRecords.NameOf(WebhookEndpoint.Of(Caller, paused.Webhook.Url)),
            new EndpointHealth(paused.Webhook.Url, now.AddDays(-6), now, 200, LastError: "no answer within 15 s", PausedAt: now));
        await AssertAsync(world, paused.Subject, 409, "endpoint_paused");
    }

    private static async Task<(string Subject, WebhookEvent Webhook)> BeginAsync(IErrorWorld world, string url)
    {
        world.StateOfNew = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/kling-2.6") { Headers = { { "x-api-key", Rows.Key } }, Content = JsonContent.Create(new { prompt = "a" }) };
        using var answer = await world.Http.SendAsync(request);
        var subject = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["request_id"]!;
        var type = WebhookTypes.VideoCompleted;
        var begun = (subject, new WebhookEvent(WebhookEvent.IdFor(subject, type), type, DateTimeOffset.UtcNow, url, "{}"));
        await AddAsync(world, begun, number: 0);
        return begun;
    }

    private static Task AddAsync(IErrorWorld world, (string Subject, WebhookEvent Webhook) begun, int number)
    {
        var first = DeliveryIds.First(Caller, begun.Subject, begun.Webhook.Type);
        var progress = new DeliveryProgress(begun.Webhook.Id, begun.Webhook.Type, DeliveryState.Failed, 1, null, DeliveryEnd.Gone, []);
        return world.AddDeliveryAsync(number == 0 ? first : DeliveryIds.Redelivery(first, number), begun.Webhook, progress);
    }

    private static async Task AssertAsync(IErrorWorld world, string subject, int status, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/requests/{subject}/deliveries/redeliver") { Headers = { { "x-api-key", Rows.Key } } };
        using var answer = await world.Http.SendAsync(request);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((status, code, subject), ((int)answer.StatusCode, (string?)body["error_code"], (string?)body["request_id"]));
    }
}

using System.Globalization;
using Reel.Functions.Durable;
using Reel.Functions.Tests.Durable;
using Reel.Functions.Tests.Infra;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Segmind;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Cost;

/// <summary>README's table of what a request costs on Azure Storage is what its orchestrators ask for.</summary>
public sealed class AzureCostTests
{
    private const int Checks = 15;

    // What the POST is answered by.
    private static readonly AzureCost Call = new(Executions: 1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void README_says_what_a_request_costs_on_Azure()
    {
        var check = Run(3) - Run(2);
        var heard = Run(2, webhook: true) - Run(2);
        var retried = Run(2, webhook: true, refusals: 1) - Run(2, webhook: true);
        string[] table =
        [
            "| on Azure Storage | durable actions | executions | history rows | of them read | queue puts, reads, deletes | table reads, writes | requests in all | kept in tables |",
            "|---|---|---|---|---|---|---|---|---|",
            Row("submit, save, finish", Run(2) - 2 * check),
            Row("each check", check, areReadsLinear: false),
            Row("a webhook that is heard at once", heard, areReadsLinear: false),
            Row("each attempt before, that is not", retried, areReadsLinear: false),
            Row($"in all, with {Checks} checks and a webhook", Run(Checks, webhook: true)),
        ];

        var text = string.Join('\n', table);
        Assert.True(Repository.Read("README.md").ReplaceLineEndings("\n").Contains(text, StringComparison.Ordinal), $"README.md should say:\n\n{text}\n");
    }

    [Fact]
    public void A_request_costs_the_sum_of_its_parts()
    {
        var check = Run(3) - Run(2);
        var heard = Run(2, webhook: true) - Run(2);
        var sum = Run(2) + (Checks - 2) * check + heard;

        // Later passes read more, and the tenth task has a longer number.
        Assert.Equal(sum with { RowsRead = 0, Bytes = 0 }, Run(Checks, webhook: true) with { RowsRead = 0, Bytes = 0 });
    }

    /// <summary>
    /// On a real host 133 requests of work were counted for an activity and ten rounds of timer and activity. Reads of queues were not told apart from polling
    /// there, and are not in it.
    /// </summary>
    [Fact]
    public void The_calculation_comes_within_two_of_what_a_real_host_was_seen_to_ask()
    {
        var echo = new ActivityName<string, string>("Echo");
        var world = new DurableWorld(Noon, "one").On(echo, input => input);
        world.Run<string, string>(
            function => function.RunAsync<string, string>(async (context, input) =>
            {
                await context.CallAsync(echo, input);
                for (var round = 0; round < 10; round++)
                {
                    await context.CreateTimer(context.UtcNow.AddSeconds(2));
                    await context.CallAsync(echo, input);
                }

                return input;
            }),
            "");

        var cost = AzureCost.Of(world);

        Assert.Equal(135, cost.Requests - cost.QueueReads);
    }

    /// <param name="checks">At which check the render is done.</param>
    /// <param name="refusals">How many attempts the webhook's receiver refuses.</param>
    private static AzureCost Run(int checks, bool webhook = false, int refusals = 0)
    {
        var request = new GenerationRequest(
            RequestId.New(Noon),
            "desk",
            "kling-2.6",
            $$"""{"prompt":"{{new string('p', 200)}}","duration":5}""",
            Noon,
            Noon.AddMinutes(30),
            new PollSchedule(304.08, 4, 60),
            "https://reel.example",
            webhook ? "https://shop.example/hook" : null,
            webhook ? DeliverySchedule.Default : null,
            Steps: GenerationRequest.StepsNow);
        var metrics = new RenderMetrics(1.75m, 98.25m, 120.5, 2.5, 123);
        var left = checks;
        DurableWorld? delivery = null;
        var world = new DurableWorld(Noon, InstanceIds.Of(request.CallerId, request.RequestId))
            .Event<string?>(Orchestrations.CancelEvent)
            .On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.Accepted, "952f9e21-44ad-45e6-8a11-d1ea70a5370a"))
            .On(Activities.Check, _ => --left > 0
                ? new CheckOutcome(CheckKind.Processing)
                : new CheckOutcome(CheckKind.Completed, Url: "https://files.example/one.mp4", Length: 15_000_000, ContentType: "video/mp4", Metrics: metrics))
            .On(Activities.SaveVideo, _ => new SaveVideoOutcome(
                new SavedVideo(SavedVideo.NameOf(request.CallerId, request.RequestId), 15_000_000, new string('a', 64), "video/mp4")))
            .On(WebhookDelivery.Name, input => Deliver(input, delivery = new DurableWorld(
                Noon, InstanceIds.OfDelivery(request.CallerId, request.RequestId, input.Type)), refusals));

        Assert.Equal(GenerationStatus.Completed, world.Run(GenerationFunctions.GenerateAsync, request).Status);
        var cost = Call + AzureCost.Of(world);
        return delivery is null ? cost : cost + AzureCost.Of(delivery, isChild: true);
    }

    private static DeliveryResult Deliver(WebhookEvent webhook, DurableWorld world, int refusals) => world
        .Event<string?>(WebhookDelivery.WakeEvent)
        .On(AttemptWebhookActivity.Name, _ => refusals-- > 0
            ? new AttemptOutcome(AttemptVerdict.Rejected, Noon, 50, 503)
            : new AttemptOutcome(AttemptVerdict.Delivered, Noon, 50, 204))
        .Run(WebhookFunctions.DeliverAsync, webhook);

    private static string Row(string what, AzureCost cost, bool areReadsLinear = true) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {cost.Actions} | {cost.Executions} | {cost.HistoryRows} | {(areReadsLinear ? cost.RowsRead.ToString("N0", CultureInfo.InvariantCulture) : "")} | {cost.QueuePuts}, {cost.QueueReads}, {cost.QueueDeletes} | {cost.TableReads}, {cost.TableWrites} | {cost.Requests} | {cost.Bytes / 1000.0:0.0} KB |");
}

using System.Globalization;
using System.Text.RegularExpressions;
using Reel.Functions.Durable;
using Reel.Functions.Tests.Durable;
using Reel.Functions.Tests.Infra;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Segmind;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Costs;

/// <summary>README's table of what a request costs on Azure Storage is what its orchestrators ask for.</summary>
public sealed class AzureCostTests
{
    private const int Checks = 15;

    // What the POST is answered by.
    private static readonly AzureCost Call = new(Executions: 1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Readme = Repository.Read("README.md").ReplaceLineEndings("\n");

    private static AzureCost Check => Run(3) - Run(2);

    private static AzureCost Base => Run(2) - 2 * Check;

    private static AzureCost Told => Run(2, webhook: true) - Run(2);

    private static AzureCost Retried => Run(2, webhook: true, refusals: 1) - Run(2, webhook: true);

    [Fact]
    public void README_says_what_a_request_costs_on_Azure()
    {
        string[] table =
        [
            "| on Azure Storage | durable actions | executions | history rows | queue puts, reads, deletes | table reads, writes | requests in all | kept in tables |",
            "|---|---|---|---|---|---|---|---|",
            Row("submit, save, finish", Base),
            Row("each check", Check),
            Row("a webhook that is heard at once", Told),
            Row("each attempt before, that is not", Retried),
            Row($"in all, with {Checks} checks and a webhook", Run(Checks, webhook: true)),
        ];

        AssertSays(string.Join('\n', table));
    }

    [Fact]
    public void README_reckons_its_prices_with_what_was_counted()
    {
        // How many there are is up to the poll schedule.
        var checks = int.Parse(Regex.Match(Readme, @"start, save and finish \d+ \+ (\d+) checks").Groups[1].Value, CultureInfo.InvariantCulture);
        var sum = Base + checks * Check + Told;

        AssertSays($"start, save and finish {Base.Requests} + {checks} checks × {Check.Requests} + webhook {Told.Requests} = {sum.Requests}");
        AssertSays($"| executions | {Base.Executions} + {checks} × {Check.Executions} + {Told.Executions}");
        AssertSays($"| per video | {sum.Requests} requests");
        AssertSays($"| {sum.Executions - Call.Executions} actions |");
    }

    [Fact]
    public void A_request_costs_the_sum_of_its_parts()
    {
        // The tenth task has a longer number.
        var sum = Base + Checks * Check + Told;

        Assert.Equal(sum with { Bytes = 0 }, Run(Checks, webhook: true) with { Bytes = 0 });
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
        var plan = PollPlan.For("kling-2.6/5-pro", LearnedTimes.None.Expect(123.28), 4, 180, 0.47);
        var left = checks;
        DurableWorld? delivery = null;
        var world = new DurableWorld(Noon, InstanceIds.Of(request.CallerId, request.RequestId))
            .Event<string?>(Orchestrations.CancelEvent)
            .On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.Accepted, "952f9e21-44ad-45e6-8a11-d1ea70a5370a", Plan: plan))
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

    private static void AssertSays(string text) => Assert.True(Readme.Contains(text, StringComparison.Ordinal), $"README.md should say:\n\n{text}\n");

    private static string Row(string what, AzureCost cost) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {cost.Actions} | {cost.Executions} | {cost.HistoryRows} | {cost.QueuePuts}, {cost.QueueReads}, {cost.QueueDeletes} | {cost.TableReads}, {cost.TableWrites} | {cost.Requests} | {cost.Bytes / 1000.0:0.0} KB |");
}

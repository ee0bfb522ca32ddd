using System.Text;
using Reel.Orchestration;
using Reel.Tests.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

public sealed class WebhookDeliveryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly WebhookEvent Event = new(
        WebhookEvent.IdFor("019a", WebhookTypes.VideoCompleted), WebhookTypes.VideoCompleted, Noon, "https://example.com/hook", """{"id":"019a"}""");

    private readonly FakeOrchestrationContext context = new(Noon);

    [Fact]
    public void An_event_has_the_same_id_whenever_it_is_asked_for_and_no_dot_in_it() =>
        Assert.Equal("evt_019a_video_completed", WebhookEvent.IdFor("019a", "video.completed"));

    [Fact]
    public void A_receiver_that_hears_is_told_once_and_at_once()
    {
        Answer(_ => Status(204));

        var result = Run();

        Assert.Equal(new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 204), result);
        Assert.Empty(context.Timers);
        Assert.Equal(Noon, Assert.Single(context.Calls).At);
    }

    [Fact]
    public void It_is_tried_again_until_it_is_heard()
    {
        Answer(attempt => attempt < 3 ? Status(500) : Status(200));

        var result = Run();

        var attempts = context.Calls.Select(call => call.InputAs<WebhookAttemptInput>()).ToList();
        Assert.Equal(new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 3, 200), result);
        Assert.Equal([1, 2, 3], attempts.Select(attempt => attempt.Attempt));
        Assert.All(attempts, attempt => Assert.Equal(Event, attempt.Webhook));
        AssertWaits(TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void After_the_whole_schedule_it_is_given_up()
    {
        Answer(_ => new AttemptOutcome(AttemptVerdict.Failed, context.UtcNow, Error: "no connection: ConnectionRefused"));

        var result = Run();

        Assert.Equal(new DeliveryResult(DeliveryState.Failed, DeliveryEnd.Exhausted, 10), result);
        AssertWaits([.. DeliverySchedule.Default]);
        var last = context.Status<DeliveryProgress>()!;
        Assert.Equal((DeliveryState.Failed, 10, null), (last.State, last.Attempts, last.NextAttemptAt));
        Assert.Equal(Enumerable.Range(1, 10), last.Recent.Select(attempt => attempt.Number));
    }

    [Fact]
    public void A_blocked_destination_is_tried_again_since_its_name_may_come_to_resolve_otherwise()
    {
        var blocked = new AttemptOutcome(AttemptVerdict.Blocked, Noon, Error: "the host resolves to a private address");
        Answer(attempt => attempt == 1 ? blocked : Status(200));

        Assert.Equal(DeliveryState.Delivered, Run().State);
    }

    [Fact]
    public void A_receiver_that_is_gone_is_left_alone()
    {
        Answer(_ => Status(410));

        Assert.Equal(new DeliveryResult(DeliveryState.Failed, DeliveryEnd.Gone, 1, 410), Run());
        Assert.Equal(DeliveryEnd.Gone, context.Status<DeliveryProgress>()!.Ended);
    }

    [Theory]
    [InlineData(400, DeliveryState.Failed, DeliveryEnd.Aborted)]
    [InlineData(503, DeliveryState.Failed, DeliveryEnd.Aborted)]
    [InlineData(200, DeliveryState.Delivered, DeliveryEnd.Heard)]
    public void A_receiver_that_wants_no_more_gets_no_more(int status, DeliveryState state, DeliveryEnd end)
    {
        Answer(_ => Status(status) with { AbortRequested = true });

        Assert.Equal(new DeliveryResult(state, end, 1, status), Run());
    }

    [Fact]
    public void A_receiver_that_asks_for_a_pause_gets_it()
    {
        Answer(attempt => attempt == 1 ? Status(429) with { RetryAfter = TimeSpan.FromMinutes(2) } : Status(attempt < 3 ? 500 : 200));

        Run();

        AssertWaits(TimeSpan.Zero, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_timer_that_fires_early_is_waited_for_again()
    {
        context.TimersFireEarlyBy = TimeSpan.FromMilliseconds(950);
        Answer(attempt => attempt < 4 ? Status(500) : Status(200));

        Run();

        AssertWaits(TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));
        Assert.All(context.Timers.GroupBy(timer => timer.FireAt), again => Assert.True(again.Count() > 1));
    }

    [Fact]
    public void A_fault_on_our_side_costs_an_attempt_and_not_the_delivery()
    {
        Answer(attempt => attempt == 1 ? throw new IOException("account key=abc") : Status(200));

        Assert.Equal(new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 2, 200), Run());
        var first = context.Status<DeliveryProgress>()!.Recent[0];
        Assert.Equal((AttemptVerdict.Failed, "the attempt failed before anything was sent"), (first.Verdict, first.Error));
    }

    [Fact]
    public void The_schedule_that_the_event_brings_is_kept_to()
    {
        TimeSpan[] schedule = [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)];
        Answer(_ => Status(500));

        var result = context.Run(WebhookDelivery.RunAsync, Event with { Schedule = schedule });

        Assert.Equal(2, result.Attempts);
        AssertWaits(schedule);
    }

    [Fact]
    public void The_status_tells_what_was_and_when_the_next_attempt_comes()
    {
        Answer(attempt => attempt == 1 ? Status(503) with { Answer = "down", DurationMs = 12 } : Status(200));

        Run();

        var told = context.Statuses.Select(OrchestrationJson.Read<DeliveryProgress>).ToList();
        Assert.Equal((DeliveryState.Pending, 0, Noon), (told[0]!.State, told[0]!.Attempts, told[0]!.NextAttemptAt));
        Assert.Equal((DeliveryState.Pending, 1, context.Timers[0].FireAt), (told[1]!.State, told[1]!.Attempts, told[1]!.NextAttemptAt));
        Assert.Equal(new DeliveryAttempt(1, Noon, AttemptVerdict.Rejected, 503, 12, "down", null), Assert.Single(told[1]!.Recent));
        Assert.Equal((DeliveryState.Delivered, 2, null), (told[2]!.State, told[2]!.Attempts, told[2]!.NextAttemptAt));
        Assert.Equal((Event.Id, Event.Type), (told[2]!.EventId, told[2]!.Type));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('"')]
    [InlineData('务')]
    public void The_status_stays_under_four_kibibytes_and_keeps_the_last_ten(char c)
    {
        Answer(_ => Status(503) with { At = context.UtcNow.AddTicks(1), DurationMs = 15_000, Answer = PrintableText.From(new string(c, 4096)) });

        context.Run(WebhookDelivery.RunAsync, Event with { Schedule = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 20)] });

        Assert.All(context.Statuses, status => Assert.InRange(Encoding.UTF8.GetByteCount(status), 1, 4096));
        Assert.Equal(Enumerable.Range(11, 10), context.Status<DeliveryProgress>()!.Recent.Select(attempt => attempt.Number));
    }

    private static AttemptOutcome Status(int status) => new(
        status is >= 200 and < 300 ? AttemptVerdict.Delivered : AttemptVerdict.Rejected, Noon, Status: status);

    private void Answer(Func<int, AttemptOutcome> answer) => context.On(AttemptWebhookActivity.Name, input => answer(input.Attempt));

    private DeliveryResult Run() => context.Run(WebhookDelivery.RunAsync, Event);

    // Each attempt came no earlier than its wait after the one before, and no later than a tenth of it and the rounding to a second.
    private void AssertWaits(params TimeSpan[] waits)
    {
        var times = context.Calls.Select(call => call.At).Prepend(Noon).ToList();
        Assert.Equal(waits.Length, times.Count - 1);
        for (var i = 0; i < waits.Length; i++)
            Assert.InRange(times[i + 1] - times[i], waits[i], (waits[i] * 1.1) + TimeSpan.FromSeconds(1.1));
    }
}

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
        Assert.Equal((AttemptVerdict.Failed, "the attempt broke off on this side"), (first.Verdict, first.Error));
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
    public void The_status_stays_under_four_kibibytes_and_lists_every_attempt_there_can_be(char c)
    {
        var at = Noon;
        for (var i = 1; i <= WebhookDelivery.MostWoken; i++) context.RaiseAt(at += TimeSpan.FromSeconds(30), WebhookDelivery.WakeEvent);
        Answer(attempt => attempt % 2 == 0
            ? Status(503) with { At = context.UtcNow.AddTicks(1), DurationMs = 15_000, Answer = PrintableText.From(new string(c, 4096)) }
            : new AttemptOutcome(AttemptVerdict.Failed, context.UtcNow.AddTicks(1), 15_000, Error: "no answer within 15 s"));

        context.Run(WebhookDelivery.RunAsync, Event with { Schedule = [TimeSpan.Zero, .. Enumerable.Repeat(TimeSpan.FromHours(1), 19)] });

        Assert.All(context.Statuses, status => Assert.InRange(Encoding.UTF8.GetByteCount(status), 1, 4096));
        var log = context.Status<DeliveryProgress>()!.Recent;
        Assert.Equal(Enumerable.Range(1, DeliveryProgress.MostAttempts), log.Select(attempt => attempt.Number));
        Assert.NotNull(log[^1].Answer);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('"')]
    [InlineData('务')]
    public void Of_the_ten_attempts_of_the_default_schedule_every_answer_is_kept(char c)
    {
        Answer(_ => Status(503) with { At = context.UtcNow.AddTicks(1), DurationMs = 15_000, Answer = PrintableText.From(new string(c, 4096)) });

        Run();

        Assert.All(context.Statuses, status => Assert.InRange(Encoding.UTF8.GetByteCount(status), 1, 4096));
        Assert.Equal(10, context.Status<DeliveryProgress>()!.Recent.Count(attempt => attempt.Answer is not null));
    }

    [Fact]
    public void Whoever_asks_gets_an_attempt_at_once_and_the_schedule_goes_on_as_it_was()
    {
        var asked = Noon.AddMinutes(2);
        context.RaiseAt(asked, WebhookDelivery.WakeEvent);
        Answer(attempt => Status(attempt < 5 ? 500 : 200));

        var result = Run();

        Assert.Equal((DeliveryEnd.Heard, 5), (result.Ended, result.Attempts));
        Assert.Equal(asked, context.Calls[2].At);
        Assert.Contains(context.Statuses, status => OrchestrationJson.Read<DeliveryProgress>(status) is { Woken: 1 } told && told.NextAttemptAt == asked);
        Assert.Equal(context.Timers[1].FireAt, context.Calls[3].At);
        Assert.InRange(context.Calls[3].At - context.Calls[1].At, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.6));
    }

    [Fact]
    public void However_often_it_is_asked_for_during_an_attempt_there_is_that_one()
    {
        context.On(AttemptWebhookActivity.Name, input => Status(input.Attempt < 3 ? 500 : 200), takes: TimeSpan.FromSeconds(15));
        for (var i = 0; i < 1_000; i++) context.RaiseAt(Noon.AddSeconds(1 + (i / 100)), WebhookDelivery.WakeEvent);

        Run();

        AssertWaits(TimeSpan.Zero, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(315));
    }

    [Fact]
    public void It_can_be_asked_for_ten_times_and_then_only_the_schedule_counts()
    {
        for (var i = 1; i <= 1_000; i++) context.RaiseAt(Noon.AddMinutes(i), WebhookDelivery.WakeEvent);
        Answer(_ => Status(500));

        Assert.Equal(DeliverySchedule.Default.Count + WebhookDelivery.MostWoken, Run().Attempts);
        Assert.Equal(WebhookDelivery.MostWoken, context.Status<DeliveryProgress>()!.Woken);
    }

    [Fact]
    public void A_receiver_that_asks_for_a_pause_is_not_disturbed_by_the_schedule_after_an_attempt_in_between()
    {
        context.RaiseAt(Noon.AddMinutes(1), WebhookDelivery.WakeEvent);
        Answer(attempt => attempt switch
        {
            3 => Status(429) with { RetryAfter = TimeSpan.FromHours(1) },
            4 => Status(200),
            _ => Status(500),
        });

        Run();

        Assert.InRange(context.Calls[3].At - context.Calls[2].At, TimeSpan.FromHours(1), TimeSpan.FromHours(1.11));
    }

    [Fact]
    public void Waiting_for_room_is_no_attempt()
    {
        var busy = 2;
        Answer(attempt => busy-- > 0
            ? new AttemptOutcome(AttemptVerdict.Busy, context.UtcNow, RetryAfter: TimeSpan.FromSeconds(40))
            : Status(200));

        var result = Run();

        Assert.Equal(new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200), result);
        Assert.Equal([1, 1, 1], context.Calls.Select(call => call.InputAs<WebhookAttemptInput>().Attempt));
        Assert.Equal(Noon.AddSeconds(80), context.Calls[2].At);
        var waiting = OrchestrationJson.Read<DeliveryProgress>(context.Statuses[1])!;
        Assert.Equal((Noon.AddSeconds(40), true), (waiting.NextAttemptAt, waiting.WaitsForRoom));
        Assert.Null(context.Status<DeliveryProgress>()!.WaitsForRoom);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_fifty_rounds_without_room_it_goes_on_where_it_was_with_a_new_history(bool isWoken)
    {
        var asked = Noon.AddMinutes(1);
        if (isWoken) context.RaiseAt(asked, WebhookDelivery.WakeEvent);
        var attempt = isWoken ? 3 : 2;
        Answer(number => number < attempt ? Status(500) : Busy(context.UtcNow, 77));
        Run();
        Assert.Equal(attempt - 1 + 50, context.Calls.Count);
        var next = OrchestrationJson.Read<WebhookEvent>(context.ContinuedWith)!;
        Assert.Equal((Noon, isWoken, 50), (next.Resume!.StartedAt, next.Resume.IsWoken, next.Resume.Refusals));

        var later = new FakeOrchestrationContext(context.UtcNow);
        later.On(AttemptWebhookActivity.Name, input => Status(input.Attempt == attempt ? 500 : 200));
        var result = later.Run(WebhookDelivery.RunAsync, next);

        var first = later.Calls[0].InputAs<WebhookAttemptInput>();
        Assert.Equal((attempt, 50, 77L), (first.Attempt, first.Refusals, first.Ticket));
        Assert.Null(first.Webhook.Resume);
        Assert.Equal(context.UtcNow + TimeSpan.FromSeconds(1), later.Calls[0].At);
        Assert.Equal((DeliveryEnd.Heard, attempt + 1), (result.Ended, result.Attempts));
        Assert.Equal(Enumerable.Range(1, attempt + 1), later.Status<DeliveryProgress>()!.Recent.Select(made => made.Number));

        // After an attempt that somebody asked for, the schedule goes on as it was.
        Assert.InRange(later.Calls[1].At - (isWoken ? context.Calls[1].At : later.Calls[0].At), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.6));
    }

    [Fact]
    public void Rounds_that_were_recorded_before_there_were_tickets_may_be_as_many_as_there_are()
    {
        var busy = 500;
        Answer(_ => busy-- > 0 ? Busy(context.UtcNow, null) : Status(200));

        Assert.Equal(DeliveryEnd.Heard, Run().Ended);
        Assert.Null(context.ContinuedWith);
    }

    [Theory]
    [InlineData(AttemptVerdict.Paused, null, DeliveryEnd.Paused, 0)]
    [InlineData(AttemptVerdict.Rejected, 410, DeliveryEnd.Gone, 1)]
    [InlineData(AttemptVerdict.Rejected, 500, DeliveryEnd.Exhausted, 2)]
    public void What_nobody_heard_is_put_on_the_list_of_what_was_missed(AttemptVerdict verdict, int? status, DeliveryEnd end, int attempts)
    {
        var delivery = new FakeOrchestrationContext(Noon, DeliveryIds.First("desk", "019a", Event.Type));
        delivery.On(AttemptWebhookActivity.Name, _ => new AttemptOutcome(verdict, Noon, Status: status));
        delivery.On(SettleDeliveryActivity.Name, _ => true);

        var result = delivery.Run(WebhookDelivery.RunAsync, Event with { Schedule = [TimeSpan.Zero, TimeSpan.Zero] });

        Assert.Equal(new DeliveryResult(DeliveryState.Failed, end, attempts, status), result);
        var settled = delivery.Calls[^1].InputAs<SettleDeliveryInput>();
        Assert.Equal(new SettleDeliveryInput(delivery.InstanceId, Event.Id, Noon, Event.Url, end), settled);
        Assert.Equal((end, null), (delivery.Status<DeliveryProgress>()!.Ended, delivery.Status<DeliveryProgress>()!.NextAttemptAt));
    }

    [Theory]
    [InlineData(0, 200, false)]
    [InlineData(0, 400, false)]
    [InlineData(1, 200, true)]
    [InlineData(1, 400, false)]
    public void A_redelivery_that_is_heard_takes_its_event_from_the_list(int number, int status, bool isTaken)
    {
        var first = DeliveryIds.First("desk", "019a", Event.Type);
        var delivery = new FakeOrchestrationContext(Noon, number == 0 ? first : DeliveryIds.Redelivery(first, number));
        delivery.On(AttemptWebhookActivity.Name, _ => Status(status) with { AbortRequested = status == 400 });
        delivery.On(SettleDeliveryActivity.Name, _ => true);

        delivery.Run(WebhookDelivery.RunAsync, Event);

        Assert.Equal(isTaken, delivery.Calls.Exists(call => call.Name == SettleDeliveryActivity.FunctionName && call.InputAs<SettleDeliveryInput>().End == DeliveryEnd.Heard));
        Assert.Equal(isTaken ? 2 : 1, delivery.Calls.Count);
    }

    [Fact]
    public void Storage_that_never_takes_the_note_does_not_fail_the_delivery()
    {
        var delivery = new FakeOrchestrationContext(Noon, DeliveryIds.First("desk", "019a", Event.Type));
        delivery.On(AttemptWebhookActivity.Name, _ => Status(410));
        delivery.On(SettleDeliveryActivity.Name, _ => throw new IOException("The disk is full."));

        Assert.Equal(DeliveryEnd.Gone, delivery.Run(WebhookDelivery.RunAsync, Event).Ended);
        Assert.True(delivery.UtcNow > Noon.AddDays(1));
    }

    private static AttemptOutcome Busy(DateTimeOffset at, long? ticket) => new(AttemptVerdict.Busy, at, RetryAfter: TimeSpan.FromSeconds(1), Ticket: ticket);

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

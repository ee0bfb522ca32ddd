using Reel.Generations;
using Reel.Segmind;
using Reel.Tests.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Generations;

public sealed class GenerationOrchestratorTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SavedVideo Video = new("local/one.mp4", 1_000, new string('a', 64), "video/mp4");
    private static readonly RenderMetrics Metrics = new(Cost: 0.9m, InferenceTime: 120);

    private static readonly GenerationRequest Request = new(
        RequestId.New(Noon), "local", "kling-2.6", """{"prompt":"a lighthouse"}""", Noon, Noon.AddMinutes(30), new PollSchedule(120, 4, 60), "https://reel.test");

    private readonly FakeOrchestrationContext context = new(Noon, InstanceIds.Of("local", Request.RequestId));
    private readonly Queue<SubmitOutcome> submits = new();
    private readonly Queue<SaveVideoOutcome> saves = new();
    private Func<TimeSpan, CheckOutcome> check = age => age < TimeSpan.FromSeconds(100)
        ? new CheckOutcome(CheckKind.Processing)
        : new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4", Length: 1_000, Metrics: Metrics);

    public GenerationOrchestratorTests()
    {
        context.On(Activities.Submit, _ => submits.TryDequeue(out var next) ? next : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        context.On(Activities.Check, _ => check(context.UtcNow - Noon));
        context.On(Activities.SaveVideo, _ => saves.TryDequeue(out var next) ? next : new SaveVideoOutcome(Video));
    }

    [Fact]
    public void A_request_is_submitted_rendered_and_saved()
    {
        var state = Run();

        Assert.Equal(GenerationStatus.Completed, state.Status);
        Assert.Equal((Stage.Done, Charged.Yes, Video, Metrics), (state.Stage, state.Charged, state.Video, state.Metrics));
        Assert.Equal("provider-1", state.ProviderRequestId);
        Assert.Equal(1, Count(Activities.Submit.Name));
        Assert.Equal([Stage.Submitting, Stage.Rendering, Stage.Saving, Stage.Done], Stages());
    }

    [Fact]
    public void What_the_provider_says_of_a_failed_render_reaches_the_caller()
    {
        check = _ => new CheckOutcome(CheckKind.Failed, "the image could not be read");

        var state = Run();

        Assert.Equal((GenerationStatus.Failed, ErrorCodes.ProviderFailed, Charged.No), (state.Status, state.ErrorCode, state.Charged));
        Assert.Equal("the image could not be read", state.Error);
        Assert.Equal(0, Count(Activities.SaveVideo.Name));
    }

    [Fact]
    public void Refused_content_has_a_code_of_its_own()
    {
        check = _ => new CheckOutcome(CheckKind.Failed, "violates the content policy", ContentBlocked: true);

        Assert.Equal(ErrorCodes.ContentBlocked, Run().ErrorCode);
    }

    [Theory]
    [InlineData(SubmitKind.Refused, ErrorCodes.SubmitRefused, Charged.No)]
    [InlineData(SubmitKind.InsufficientCredits, ErrorCodes.InsufficientCredits, Charged.No)]
    [InlineData(SubmitKind.Unknown, ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown)]
    public void A_submit_that_must_not_be_repeated_is_not(SubmitKind kind, string code, Charged charged)
    {
        submits.Enqueue(new SubmitOutcome(kind, Error: "because"));

        var state = Run();

        Assert.Equal((GenerationStatus.Failed, code, charged), (state.Status, state.ErrorCode, state.Charged));
        Assert.Contains("because", state.Error, StringComparison.Ordinal);
        Assert.Equal(1, Count(Activities.Submit.Name));
    }

    [Fact]
    public void An_unknown_outcome_says_what_to_check()
    {
        submits.Enqueue(new SubmitOutcome(SubmitKind.Unknown, Error: "no answer came", StartedAt: Noon.AddMinutes(-105)));

        Assert.Contains("usage for a kling-2.6 job at 2026-11-01 10:15:00Z", Run().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_limit_is_slept_out_until_the_providers_reset_time()
    {
        var reset = Noon.AddSeconds(90);
        submits.Enqueue(new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: reset));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        var second = context.Calls.Where(call => call.Name == Activities.Submit.Name).ElementAt(1);
        Assert.InRange(second.At, reset, reset.AddSeconds(5));
        Assert.Equal(2, second.InputAs<SubmitInput>().Attempt);
        Assert.Contains(Stage.WaitingForCapacity, Stages());
    }

    [Fact]
    public void Nothing_is_paid_for_after_the_deadline()
    {
        var late = new FakeOrchestrationContext(Request.Deadline.AddMinutes(10), InstanceIds.Of("local", Request.RequestId));

        var state = late.Run(GenerationOrchestrator.RunAsync, Request);

        Assert.Equal((ErrorCodes.TimedOut, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Empty(late.Calls);
    }

    [Fact]
    public void What_was_accepted_just_before_the_deadline_gets_its_time()
    {
        var runs = 0;
        context.On(Activities.Submit, _ => ++runs == 1
            ? new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: context.UtcNow.AddMinutes(29.8))
            : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        check = age => age > TimeSpan.FromMinutes(29.8) + TimeSpan.FromSeconds(100)
            ? new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4")
            : new CheckOutcome(CheckKind.Processing);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_deadline_that_passed_while_the_provider_was_out_of_reach_is_no_reason_to_forget_what_is_paid_for()
    {
        var inner = check;
        check = age => age < TimeSpan.FromMinutes(50) ? new CheckOutcome(CheckKind.Unreachable, "no network") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_provider_that_stays_out_of_reach_is_given_up_when_it_has_forgotten_the_render()
    {
        check = _ => new CheckOutcome(CheckKind.Unreachable, "no network");

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline.AddHours(1), Request.Deadline.AddHours(1.1));
    }

    [Fact]
    public void A_request_that_was_cancelled_before_it_was_submitted_again_is_not()
    {
        submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "502"));
        context.On(Activities.Submit, _ => submits.Dequeue(), TimeSpan.FromSeconds(5));
        context.RaiseAt(Noon.AddSeconds(1), Orchestrations.CancelEvent);

        Assert.Equal((ErrorCodes.Canceled, Charged.No), Run() is var state ? (state.ErrorCode!, state.Charged!.Value) : default);
        Assert.Equal(1, Count(Activities.Submit.Name));
    }

    [Fact]
    public void A_defect_ends_the_request_and_is_told_to_the_webhook()
    {
        context.On(Activities.SaveVideo, SaveVideoOutcome (_) => null!); // No activity answers so.
        context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));

        var state = Run(Request with { WebhookUrl = "https://caller.test/hook" });

        Assert.Equal((GenerationStatus.Failed, ErrorCodes.Internal, Charged.Yes), (state.Status, state.ErrorCode, state.Charged));
        Assert.Equal(1, Count(WebhookDelivery.Name.Name));
    }

    [Fact]
    public void A_history_stays_short_however_long_one_waits()
    {
        check = _ => new CheckOutcome(CheckKind.Processing);

        Run(Request with { Deadline = Noon.AddDays(7), Polling = new PollSchedule(120, 0.1, 0.1) });

        Assert.InRange(Count(Activities.Check.Name), 100, 1_500);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(3_600)]
    [InlineData(null)]
    public void A_reset_time_that_makes_no_sense_gives_way_to_a_backoff(int? seconds)
    {
        submits.Enqueue(new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: seconds is { } s ? Noon.AddSeconds(s) : null));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.InRange(context.Calls[1].At, Noon.AddSeconds(2), Noon.AddSeconds(3));
    }

    [Fact]
    public void A_provider_that_is_down_is_asked_again_under_a_new_attempt_each_time()
    {
        for (var i = 0; i < 5; i++) submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "502"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 2, 3, 4, 5, 6], Attempts());
    }

    [Fact]
    public void A_submit_that_may_still_be_under_way_is_looked_at_again_under_its_own_number()
    {
        submits.Enqueue(new SubmitOutcome(SubmitKind.Pending, Error: "begun", RetryAt: Noon.AddSeconds(90)));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 1], Attempts());
    }

    [Fact]
    public void A_submit_that_threw_is_looked_at_again_under_its_own_number()
    {
        var runs = 0;
        context.On(Activities.Submit, _ => ++runs == 1 ? throw new IOException("no storage") : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 1], Attempts());
    }

    [Fact]
    public void A_provider_that_stays_down_ends_at_the_deadline_uncharged()
    {
        context.On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.NotAccepted, Error: "502 all day"));

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Contains("502 all day", state.Error, StringComparison.Ordinal);
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void A_render_that_is_not_done_at_the_deadline_may_be_charged()
    {
        check = _ => new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void Timers_that_fire_early_do_not_end_a_request_before_its_deadline()
    {
        context.TimersFireEarlyBy = TimeSpan.FromSeconds(1);
        check = _ => new CheckOutcome(CheckKind.Processing);

        Assert.InRange(Run().FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void A_provider_that_forgot_the_request_is_believed_the_third_time()
    {
        check = _ => new CheckOutcome(CheckKind.NotFound, "not found");

        var state = Run();

        Assert.Equal((ErrorCodes.Expired, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(3, context.Calls.Count(call => call.Name == Activities.Check.Name && call.At > Noon.AddSeconds(15)));
    }

    [Fact]
    public void A_provider_that_cannot_be_reached_for_a_while_delays_a_request_and_that_is_all()
    {
        var inner = check;
        check = age => age < TimeSpan.FromMinutes(10) ? new CheckOutcome(CheckKind.Unreachable, "503") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Contains(context.Statuses, status => status.Contains("\"trouble\":\"503\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_that_threw_is_repeated()
    {
        var runs = 0;
        var inner = check;
        check = age => ++runs == 1 ? throw new InvalidOperationException("a defect") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_save_that_fails_is_repeated_until_it_works_while_the_providers_link_is_shown()
    {
        for (var i = 0; i < 8; i++) saves.Enqueue(new SaveVideoOutcome(Error: "storage is away"));

        Assert.Equal((GenerationStatus.Completed, (string?)null), Run() is var state ? (state.Status, state.ProviderUrl) : default);
        Assert.Equal(9, Count(Activities.SaveVideo.Name));
        Assert.Contains(context.Statuses, status => status.Contains("https://files.test/one.mp4", StringComparison.Ordinal));
    }

    [Fact]
    public void A_save_is_given_up_only_when_the_provider_drops_the_file()
    {
        context.On(Activities.SaveVideo, SaveVideoOutcome (_) => throw new IOException("storage is away"));

        var state = Run();

        Assert.Equal((ErrorCodes.SaveFailed, Charged.Yes), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value - state.RenderedAt!.Value, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
    }

    [Fact]
    public void A_file_that_is_gone_three_times_is_gone()
    {
        context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(Error: "404", Gone: true));

        Assert.Equal(ErrorCodes.SaveFailed, Run().ErrorCode);
        Assert.Equal(3, Count(Activities.SaveVideo.Name));
    }

    [Fact]
    public void Cancelling_while_waiting_for_capacity_costs_nothing()
    {
        context.On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down"));
        context.RaiseAt(Noon.AddMinutes(3), Orchestrations.CancelEvent);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Equal(Noon.AddMinutes(3), state.FinishedAt);
    }

    [Fact]
    public void Cancelling_a_render_says_that_it_may_be_charged()
    {
        context.RaiseAt(Noon.AddSeconds(50), Orchestrations.CancelEvent);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(Noon.AddSeconds(50), state.FinishedAt);
    }

    [Fact]
    public void Cancelling_a_save_says_that_it_was_charged()
    {
        context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(Error: "storage is away"));
        context.RaiseAt(Noon.AddHours(1), Orchestrations.CancelEvent);

        Assert.Equal((ErrorCodes.Canceled, Charged.Yes), Run() is var state ? (state.ErrorCode!, state.Charged!.Value) : default);
    }

    [Theory]
    [InlineData(true, WebhookTypes.VideoCompleted)]
    [InlineData(false, WebhookTypes.VideoFailed)]
    public void The_webhook_is_told_once_the_state_is_final(bool works, string type)
    {
        if (!works) check = _ => new CheckOutcome(CheckKind.Failed, "no");
        GenerationState? shown = null;
        context.On(WebhookDelivery.Name, webhook =>
        {
            shown = context.Status<GenerationState>();
            return new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200);
        });

        var state = Run(Request with { WebhookUrl = "https://caller.test/hook" });

        var call = Assert.Single(context.Calls, call => call.Name == WebhookDelivery.Name.Name);
        Assert.Equal(type, call.InputAs<WebhookEvent>().Type);
        Assert.StartsWith("~", call.InstanceId, StringComparison.Ordinal);
        Assert.DoesNotContain("lighthouse", call.Input, StringComparison.Ordinal);
        Assert.Equal(state, shown);
    }

    [Fact]
    public void A_delivery_that_breaks_off_does_not_change_what_the_request_came_to()
    {
        context.On(WebhookDelivery.Name, DeliveryResult (_) => throw new InvalidOperationException("a defect"));

        Assert.Equal(GenerationStatus.Completed, Run(Request with { WebhookUrl = "https://caller.test/hook" }).Status);
    }

    [Fact]
    public void Every_status_stays_far_under_the_limit_of_the_backend()
    {
        var longText = new string('x', 10_000);
        context.On(Activities.Submit, _ => context.UtcNow < Noon.AddMinutes(1)
            ? new SubmitOutcome(SubmitKind.NotAccepted, Error: longText)
            : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        check = _ => new CheckOutcome(CheckKind.Failed, longText);

        Run();

        Assert.All(context.Statuses, status => Assert.InRange(status.Length, 1, 4_096));
    }

    private GenerationState Run(GenerationRequest? request = null) => context.Run(GenerationOrchestrator.RunAsync, request ?? Request);

    private int Count(string activity) => context.Calls.Count(call => call.Name == activity);

    private List<int> Attempts() =>
        [.. context.Calls.Where(call => call.Name == Activities.Submit.Name).Select(call => call.InputAs<SubmitInput>().Attempt)];

    private List<Stage> Stages() =>
        [.. context.Statuses.Select(status => Reel.Orchestration.OrchestrationJson.Read<GenerationState>(status)!.Stage).Distinct()];
}

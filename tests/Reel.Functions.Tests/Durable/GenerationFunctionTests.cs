using Microsoft.DurableTask;
using Reel.Generations;
using Reel.Orchestration;
using Reel.Segmind;
using Reel.Webhooks;

namespace Reel.Functions.Tests.Durable;

/// <summary>Reel's orchestrators through their functions and the adapter.</summary>
public sealed class GenerationFunctionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SavedVideo Video = new("desk/one.mp4", 1_000, new string('a', 64), "video/mp4");
    private static readonly RenderMetrics Metrics = new(Cost: 0.9m, InferenceTime: 120);

    private static readonly GenerationRequest Request = new(
        RequestId.New(Noon),
        "desk",
        "kling-2.6",
        """{"prompt":"灯台 at dusk"}""",
        Noon,
        Noon.AddMinutes(30),
        new PollSchedule(120, 4, 60),
        "https://reel.test");

    private static readonly GenerationRequest RequestWithWebhook = Request with { WebhookUrl = "https://shop.test/hook" };

    private readonly DurableWorld world = new(Noon, InstanceIds.Of(Request.CallerId, Request.RequestId));
    private readonly Queue<SubmitOutcome> submits = new();
    private DateTimeOffset? cancelAt;
    private Func<TimeSpan, CheckOutcome> check = age => age < TimeSpan.FromSeconds(100)
        ? new CheckOutcome(CheckKind.Processing)
        : new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4", Length: 1_000, Metrics: Metrics);

    public GenerationFunctionTests()
    {
        world.On(Activities.Submit, _ => submits.TryDequeue(out var next) ? next : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        world.On(Activities.Check, _ => check(world.Now - Noon));
        world.On(Activities.SaveVideo, _ => new SaveVideoOutcome(Video));
        world.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));
    }

    [Fact]
    public void A_request_is_submitted_once_rendered_and_saved()
    {
        var state = Run();

        Assert.Equal((GenerationStatus.Completed, Charged.Yes), (state.Status, state.Charged));
        Assert.Equal((Video, Metrics), (state.Video, state.Metrics));
        Assert.Equal([Stage.Submitting, Stage.Rendering, Stage.Saving, Stage.Done], Stages());
        Assert.Equal(Request.Parameters, Assert.Single(CallsOf(Activities.Submit.Name)).InputAs<SubmitInput>().Parameters);
        Assert.Equal(state, OrchestrationJson.Read<GenerationState>(world.Statuses[^1]));
    }

    [Fact]
    public void Timers_are_asked_for_in_utc_and_ahead_of_the_clock()
    {
        Run();

        Assert.NotEmpty(world.Timers);
        Assert.All(world.Timers, fireAt => Assert.Equal(DateTimeKind.Utc, fireAt.Kind));
        Assert.All(world.Timers, fireAt => Assert.True(fireAt > Noon.UtcDateTime));
    }

    [Fact]
    public void The_webhook_is_told_by_a_sub_orchestration_with_an_id_of_its_own()
    {
        Run(RequestWithWebhook);

        var told = Assert.Single(CallsOf(WebhookDelivery.FunctionName));
        Assert.Equal(
            $"_desk_{Request.RequestId}_video.completed", Assert.IsType<SubOrchestrationOptions>(told.Options).InstanceId);
        Assert.Equal((RequestWithWebhook.WebhookUrl, WebhookTypes.VideoCompleted), (told.InputAs<WebhookEvent>().Url, told.InputAs<WebhookEvent>().Type));
        Assert.DoesNotContain("灯台", told.Input);
    }

    [Fact]
    public void What_comes_before_the_end_is_told_by_deliveries_that_nothing_waits_for_and_all_calls_are_closed_in_the_end()
    {
        world.On(StartDeliveryActivity.Name, _ => true);

        Run(RequestWithWebhook with { WebhookEvents = WebhookTypes.OfVideo });

        Assert.Equal(
            [$"_desk_{Request.RequestId}_video.queued", $"_desk_{Request.RequestId}_video.processing"],
            CallsOf(StartDeliveryActivity.FunctionName).Select(call => call.InputAs<StartDeliveryInput>().InstanceId));
        Assert.Equal([StartDeliveryActivity.FunctionName, Activities.Submit.Name], world.Calls.Take(2).Select(call => call.Name));
        Assert.Equal(WebhookTypes.VideoCompleted, Assert.Single(CallsOf(WebhookDelivery.FunctionName)).InputAs<WebhookEvent>().Type);
    }

    [Fact]
    public void Without_a_webhook_nothing_is_told()
    {
        Run();

        Assert.Empty(CallsOf(WebhookDelivery.FunctionName));
    }

    [Fact]
    public void A_delivery_that_breaks_changes_nothing_about_the_request()
    {
        world.On(WebhookDelivery.Name, _ => throw new InvalidOperationException("the receiver is strange"));
        world.On(SettleDeliveryActivity.Name, _ => true);

        Assert.Equal(GenerationStatus.Completed, Run(RequestWithWebhook).Status);
        Assert.Equal(DeliveryEnd.Broken, Assert.Single(CallsOf(SettleDeliveryActivity.FunctionName)).InputAs<SettleDeliveryInput>().End);
    }

    [Fact]
    public void A_render_that_failed_is_told_with_the_providers_words()
    {
        check = _ => new CheckOutcome(CheckKind.Failed, "the image could not be read");

        var state = Run(RequestWithWebhook);

        Assert.Equal((GenerationStatus.Failed, ErrorCodes.ProviderFailed, Charged.No), (state.Status, state.ErrorCode, state.Charged));
        Assert.Equal("the image could not be read", state.Error);
        Assert.Empty(CallsOf(Activities.SaveVideo.Name));
        Assert.Equal(WebhookTypes.VideoFailed, Assert.Single(CallsOf(WebhookDelivery.FunctionName)).InputAs<WebhookEvent>().Type);
    }

    [Fact]
    public void A_render_that_never_ends_is_timed_out_at_its_deadline()
    {
        check = _ => new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1.1));
    }

    [Fact]
    public void A_cancel_ends_a_render_at_once_and_takes_its_timer_back()
    {
        cancelAt = Noon.AddSeconds(31);
        check = _ => new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(cancelAt, state.FinishedAt);
        Assert.Equal(1, world.CancelledTimers);
    }

    [Fact]
    public void A_cancel_that_came_before_the_first_turn_costs_nothing()
    {
        cancelAt = Noon;
        submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "no connection"));

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Empty(CallsOf(Activities.Check.Name));
    }

    [Fact]
    public void A_provider_at_its_limit_is_waited_out_until_the_time_it_gave()
    {
        var reset = Noon.AddMinutes(2);
        submits.Enqueue(new SubmitOutcome(SubmitKind.RateLimited, Error: "too many requests", RetryAt: reset));

        var state = Run();

        Assert.Equal(GenerationStatus.Completed, state.Status);
        Assert.Equal([1, 2], CallsOf(Activities.Submit.Name).Select(call => call.InputAs<SubmitInput>().Attempt));
        Assert.InRange(state.SubmittedAt!.Value, reset, reset.AddSeconds(6));
        Assert.Contains(Stage.WaitingForCapacity, Stages());
    }

    [Fact]
    public void An_activity_that_throws_is_tried_again()
    {
        var failures = new Queue<string>(["the network is gone\nat some line"]);
        world.On(Activities.SaveVideo, _ => failures.TryDequeue(out var words) ? throw new IOException(words) : new SaveVideoOutcome(Video));

        var state = Run();

        Assert.Equal(GenerationStatus.Completed, state.Status);
        Assert.Equal(2, CallsOf(Activities.SaveVideo.Name).Count());
        Assert.DoesNotContain(world.Statuses, status => status.Contains("at some line", StringComparison.Ordinal));
    }

    [Fact]
    public void A_webhook_is_attempted_until_it_is_heard()
    {
        var outcomes = new Queue<AttemptVerdict>([AttemptVerdict.Rejected, AttemptVerdict.Failed, AttemptVerdict.Delivered]);
        var delivery = new DurableWorld(Noon, InstanceIds.OfDelivery("desk", Request.RequestId, WebhookTypes.VideoCompleted));
        delivery.Event<string?>(WebhookDelivery.WakeEvent);
        delivery.On(AttemptWebhookActivity.Name, _ => new AttemptOutcome(outcomes.Dequeue(), delivery.Now));
        var webhook = new WebhookEvent("evt_1", WebhookTypes.VideoCompleted, Noon, "https://shop.test/hook", "{}");

        var result = delivery.Run(WebhookFunctions.DeliverAsync, webhook);

        Assert.Equal(new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 3), result);
        Assert.True(delivery.Now >= Noon + DeliverySchedule.Default[1] + DeliverySchedule.Default[2]);
    }

    private GenerationState Run(GenerationRequest? request = null)
    {
        world.Event<string?>(Orchestrations.CancelEvent, cancelAt);
        return world.Run(GenerationFunctions.GenerateAsync, request ?? Request);
    }

    private IEnumerable<DurableCall> CallsOf(string name) => world.Calls.Where(call => call.Name == name);

    private List<Stage> Stages()
    {
        var stages = world.Statuses.Select(status => OrchestrationJson.Read<GenerationState>(status)!.Stage).ToList();
        return [.. stages.Where((stage, i) => i == 0 || stage != stages[i - 1])];
    }
}

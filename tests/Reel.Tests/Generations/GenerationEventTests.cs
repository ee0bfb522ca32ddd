using Reel.Generations;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Tests.Generations;

/// <summary>What the orchestrator tells a webhook of, when, and with which words.</summary>
public sealed class GenerationEventTests : GenerationScript
{
    private static readonly GenerationRequest All = Request with { WebhookUrl = "https://caller.test/hook", WebhookEvents = WebhookTypes.OfVideo };

    public GenerationEventTests()
    {
        Context.On(StartDeliveryActivity.Name, _ => true);
        Context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));
    }

    [Fact]
    public void Each_status_is_told_once_when_it_is_reached()
    {
        var state = Run(All);

        Assert.Equal([WebhookTypes.VideoQueued, WebhookTypes.VideoProcessing, WebhookTypes.VideoCompleted], Told().Select(webhook => webhook.Type));
        Assert.Equal([GenerationStatus.Queued, GenerationStatus.Processing, GenerationStatus.Completed], Told().Select(webhook => SubjectOf(webhook).State.Status));
        Assert.Equal([Request.AcceptedAt, state.SubmittedAt + Request.Polling.Next(TimeSpan.Zero), state.FinishedAt], Told().Select(webhook => (DateTimeOffset?)webhook.Timestamp));
        Assert.Equal(Told().Select(webhook => WebhookEvent.IdFor(Request.RequestId, webhook.Type)), Told().Select(webhook => webhook.Id));
        Assert.Equal(Told().Select(webhook => InstanceIds.OfDelivery("local", Request.RequestId, webhook.Type)), Deliveries());
        Assert.Equal(2, Count(StartDeliveryActivity.FunctionName));
        Assert.Equal(1, Count(WebhookDelivery.FunctionName));
    }

    [Fact]
    public void A_webhook_says_what_a_caller_would_be_answered_at_that_moment()
    {
        var shown = new List<GenerationState?>();
        Context.On(StartDeliveryActivity.Name, _ =>
        {
            shown.Add(Context.Status<GenerationState>() ?? GenerationState.Accepted);
            return true;
        });

        Run(All);

        var early = Told().SkipLast(1).Select(SubjectOf).ToList();
        Assert.Equal(early.Select(subject => subject.State), shown);
        Assert.Equal(Progress.At(new Generation(All, early[0].State), Noon), early[0].Progress);
        Assert.All(early, subject => Assert.NotNull(subject.Progress));
        Assert.Null(SubjectOf(Told()[^1]).Progress);
        Assert.All(Told(), webhook => Assert.DoesNotContain("lighthouse", webhook.Subject, StringComparison.Ordinal));
    }

    public static TheoryData<string[]?, string[]> Choices => new()
    {
        { null, [WebhookTypes.VideoCompleted] },
        { [], [] },
        { [WebhookTypes.VideoQueued], [WebhookTypes.VideoQueued] },
        { [WebhookTypes.VideoProcessing, WebhookTypes.VideoFailed], [WebhookTypes.VideoProcessing] },
        { [WebhookTypes.VideoCompleted], [WebhookTypes.VideoCompleted] },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Only_what_was_chosen_is_told(string[]? chosen, string[] told)
    {
        Run(All with { WebhookEvents = chosen });

        Assert.Equal(told, Told().Select(webhook => webhook.Type));
    }

    [Fact]
    public void Without_a_webhook_the_choice_means_nothing()
    {
        Run(All with { WebhookUrl = null });

        Assert.Empty(Told());
    }

    [Fact]
    public void Cancelled_before_its_submit_it_was_never_processing()
    {
        Context.RaiseAt(Noon, Orchestrations.CancelEvent);
        Submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "no connection"));

        Run(All);

        Assert.Equal([WebhookTypes.VideoQueued, WebhookTypes.VideoFailed], Told().Select(webhook => webhook.Type));
    }

    [Fact]
    public void A_render_that_failed_before_it_was_seen_to_run_was_never_processing()
    {
        Check = _ => new CheckOutcome(CheckKind.Failed, "no");

        Run(All);

        Assert.Equal([WebhookTypes.VideoQueued, WebhookTypes.VideoFailed], Told().Select(webhook => webhook.Type));
    }

    [Fact]
    public void A_render_that_is_first_seen_when_it_is_over_is_processing_while_it_is_saved()
    {
        Check = _ => new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4");

        Run(All);

        Assert.Equal([WebhookTypes.VideoQueued, WebhookTypes.VideoProcessing, WebhookTypes.VideoCompleted], Told().Select(webhook => webhook.Type));
        Assert.Equal(Stage.Saving, SubjectOf(Told()[1]).State.Stage);
    }

    [Fact]
    public void A_webhook_in_trouble_delays_nothing_but_the_end_of_the_orchestration()
    {
        var undisturbed = new GenerationEventTests().Run(All);
        Context.On(StartDeliveryActivity.Name, _ => true, takes: TimeSpan.FromDays(1));

        var state = Run(All);

        Assert.Equal(undisturbed, state);
        Assert.Equal(Noon, Context.Calls.First(call => call.Name == Activities.Submit.Name).At);
        Assert.Equal(state.FinishedAt, Context.Calls.Single(call => call.Name == WebhookDelivery.FunctionName).At);
        Assert.True(Context.UtcNow >= Noon.AddDays(1), "What was started is awaited.");
    }

    [Fact]
    public void A_delivery_that_can_never_be_started_does_not_change_what_the_request_comes_to()
    {
        Context.On(StartDeliveryActivity.Name, bool (_) => throw new InvalidOperationException("the engine is away"));

        Assert.Equal(GenerationStatus.Completed, Run(All).Status);
        Assert.Equal(1, Count(WebhookDelivery.FunctionName));
    }

    [Fact]
    public void A_request_of_a_batch_waits_for_none_of_its_webhooks()
    {
        Run(All with { BatchId = "batch" });

        Assert.Equal(3, Count(StartDeliveryActivity.FunctionName));
        Assert.Equal(0, Count(WebhookDelivery.FunctionName));
    }

    [Fact]
    public void An_orchestration_that_begins_anew_tells_of_what_was_queued_in_the_same_words()
    {
        var again = new GenerationEventTests();
        again.Context.RaiseAt(Noon.AddSeconds(30), "something else");
        again.Context.Step();

        Run(All);
        again.Run(All);

        Assert.Equal(Told()[0] with { Schedule = null }, again.Told()[0] with { Schedule = null });
    }

    private List<WebhookEvent> Told() => [.. Context.Calls.Select(EventIn).OfType<WebhookEvent>().DistinctBy(webhook => webhook.Id)];

    private IEnumerable<string> Deliveries() => Context.Calls.Where(call => EventIn(call) is not null)
        .Select(call => call.Name == WebhookDelivery.FunctionName ? call.InstanceId : call.InputAs<StartDeliveryInput>().InstanceId);

    private static WebhookEvent? EventIn(Reel.Tests.Orchestration.FakeCall call) => call.Name switch
    {
        WebhookDelivery.FunctionName => call.InputAs<WebhookEvent>(),
        StartDeliveryActivity.FunctionName => call.InputAs<StartDeliveryInput>().Webhook,
        _ => null,
    };

    private static VideoEventSubject SubjectOf(WebhookEvent webhook) => OrchestrationJson.Read<VideoEventSubject>(webhook.Subject)!;
}

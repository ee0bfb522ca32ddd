using Reel.Generations;
using Reel.Webhooks;

namespace Reel.Tests.Generations;

public sealed class GenerationOrchestratorTests : GenerationScript
{
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
        Check = _ => new CheckOutcome(CheckKind.Failed, "the image could not be read");

        var state = Run();

        Assert.Equal((GenerationStatus.Failed, ErrorCodes.ProviderFailed, Charged.No), (state.Status, state.ErrorCode, state.Charged));
        Assert.Equal("the image could not be read", state.Error);
        Assert.Equal(0, Count(Activities.SaveVideo.Name));
    }

    [Fact]
    public void Refused_content_has_a_code_of_its_own()
    {
        Check = _ => new CheckOutcome(CheckKind.Failed, "violates the content policy", ContentBlocked: true);

        Assert.Equal(ErrorCodes.ContentBlocked, Run().ErrorCode);
    }

    [Fact]
    public void A_deadline_that_passed_while_the_provider_was_out_of_reach_is_no_reason_to_forget_what_is_paid_for()
    {
        var inner = Check;
        Check = age => age < TimeSpan.FromMinutes(50) ? new CheckOutcome(CheckKind.Unreachable, "no network") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_provider_that_stays_out_of_reach_is_given_up_when_it_has_forgotten_the_render()
    {
        Check = _ => new CheckOutcome(CheckKind.Unreachable, "no network");

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline.AddHours(1), Request.Deadline.AddHours(1.1));
    }

    [Fact]
    public void A_defect_ends_the_request_and_is_told_to_the_webhook()
    {
        Context.On(Activities.SaveVideo, SaveVideoOutcome (_) => null!); // No activity answers so.
        Context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));

        var state = Run(Request with { WebhookUrl = "https://caller.test/hook" });

        Assert.Equal((GenerationStatus.Failed, ErrorCodes.Internal, Charged.Yes), (state.Status, state.ErrorCode, state.Charged));
        Assert.Equal(1, Count(WebhookDelivery.Name.Name));
    }

    [Fact]
    public void A_history_stays_short_however_long_one_waits()
    {
        Check = _ => new CheckOutcome(CheckKind.Processing);

        Run(Request with { Deadline = Noon.AddDays(7), Polling = new PollSchedule(120, 0.1, 0.1) });

        Assert.InRange(Count(Activities.Check.Name), 100, 1_500);
    }

    [Fact]
    public void A_render_that_is_not_done_at_the_deadline_may_be_charged()
    {
        Check = _ => new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void Timers_that_fire_early_do_not_end_a_request_before_its_deadline()
    {
        Context.TimersFireEarlyBy = TimeSpan.FromSeconds(1);
        Check = _ => new CheckOutcome(CheckKind.Processing);

        Assert.InRange(Run().FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void A_provider_that_forgot_the_request_is_believed_the_third_time()
    {
        Check = _ => new CheckOutcome(CheckKind.NotFound, "not found");

        var state = Run();

        Assert.Equal((ErrorCodes.Expired, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(3, Context.Calls.Count(call => call.Name == Activities.Check.Name && call.At > Noon.AddSeconds(15)));
    }

    [Fact]
    public void A_provider_that_cannot_be_reached_for_a_while_delays_a_request_and_that_is_all()
    {
        var inner = Check;
        Check = age => age < TimeSpan.FromMinutes(10) ? new CheckOutcome(CheckKind.Unreachable, "503") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Contains(Context.Statuses, status => status.Contains("\"trouble\":\"503\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_that_threw_is_repeated()
    {
        var runs = 0;
        var inner = Check;
        Check = age => ++runs == 1 ? throw new InvalidOperationException("a defect") : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_save_that_fails_is_repeated_until_it_works_while_the_providers_link_is_shown()
    {
        for (var i = 0; i < 8; i++) Saves.Enqueue(new SaveVideoOutcome(Error: "storage is away"));

        Assert.Equal((GenerationStatus.Completed, (string?)null), Run() is var state ? (state.Status, state.ProviderUrl) : default);
        Assert.Equal(9, Count(Activities.SaveVideo.Name));
        Assert.Contains(Context.Statuses, status => status.Contains("https://files.test/one.mp4", StringComparison.Ordinal));
    }

    [Fact]
    public void A_save_is_given_up_only_when_the_provider_drops_the_file()
    {
        Context.On(Activities.SaveVideo, SaveVideoOutcome (_) => throw new IOException("storage is away"));

        var state = Run();

        Assert.Equal((ErrorCodes.SaveFailed, Charged.Yes), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value - state.RenderedAt!.Value, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
    }

    [Fact]
    public void A_fresh_link_is_what_is_saved_next_and_shown_meanwhile()
    {
        Saves.Enqueue(new SaveVideoOutcome(Error: "503", Fresh: new FreshSource("https://files.test/fresh.mp4", 999, "video/webm")));
        Saves.Enqueue(new SaveVideoOutcome(Error: "503"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);

        var sources = Context.Calls.Where(call => call.Name == Activities.SaveVideo.Name).Select(call => call.InputAs<SaveVideoInput>()).ToList();
        Assert.Equal(["https://files.test/one.mp4", "https://files.test/fresh.mp4", "https://files.test/fresh.mp4"], sources.Select(source => source.Url));
        Assert.Equal((999, "video/webm"), (sources[^1].Length!.Value, sources[^1].ContentType!));
        Assert.Contains(Context.Statuses, status => status.Contains("https://files.test/fresh.mp4", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_older_histories_a_file_that_is_gone_three_times_is_gone()
    {
        Context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(Error: "404", Gone: true));

        Assert.Equal(ErrorCodes.SaveFailed, Run().ErrorCode);
        Assert.Equal(3, Count(Activities.SaveVideo.Name));
    }

    [Fact]
    public void Cancelling_a_render_says_that_it_may_be_charged()
    {
        Context.RaiseAt(Noon.AddSeconds(50), Orchestrations.CancelEvent);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(Noon.AddSeconds(50), state.FinishedAt);
    }

    [Fact]
    public void Cancelling_a_save_says_that_it_was_charged()
    {
        Context.On(Activities.SaveVideo, _ => new SaveVideoOutcome(Error: "storage is away"));
        Context.RaiseAt(Noon.AddHours(1), Orchestrations.CancelEvent);

        Assert.Equal((ErrorCodes.Canceled, Charged.Yes), Run() is var state ? (state.ErrorCode!, state.Charged!.Value) : default);
    }

    [Theory]
    [InlineData(true, WebhookTypes.VideoCompleted)]
    [InlineData(false, WebhookTypes.VideoFailed)]
    public void The_webhook_is_told_once_the_state_is_final(bool works, string type)
    {
        if (!works) Check = _ => new CheckOutcome(CheckKind.Failed, "no");
        GenerationState? shown = null;
        Context.On(WebhookDelivery.Name, webhook =>
        {
            shown = Context.Status<GenerationState>();
            return new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200);
        });

        var state = Run(Request with { WebhookUrl = "https://caller.test/hook" });

        var call = Assert.Single(Context.Calls, call => call.Name == WebhookDelivery.Name.Name);
        Assert.Equal(type, call.InputAs<WebhookEvent>().Type);
        Assert.StartsWith("_", call.InstanceId, StringComparison.Ordinal);
        Assert.DoesNotContain("lighthouse", call.Input, StringComparison.Ordinal);
        Assert.Equal(state, shown);
    }

    [Fact]
    public void A_delivery_that_breaks_off_does_not_change_what_the_request_came_to()
    {
        Context.On(WebhookDelivery.Name, DeliveryResult (_) => throw new InvalidOperationException("a defect"));
        Context.On(SettleDeliveryActivity.Name, _ => true);

        Assert.Equal(GenerationStatus.Completed, Run(Request with { WebhookUrl = "https://caller.test/hook" }).Status);

        // And it is on the list of what was missed, to be sent again.
        var (delivery, missed) = (Context.Calls[^2], Context.Calls[^1].InputAs<SettleDeliveryInput>());
        Assert.Equal((delivery.InstanceId, DeliveryEnd.Broken, "https://caller.test/hook"), (missed.InstanceId, missed.End, missed.Url));
        Assert.Equal(delivery.InputAs<WebhookEvent>().Id, missed.EventId);
    }

    [Fact]
    public void Every_status_stays_far_under_the_limit_of_the_backend()
    {
        var longText = new string('x', 10_000);
        Context.On(Activities.Submit, _ => Context.UtcNow < Noon.AddMinutes(1)
            ? new SubmitOutcome(SubmitKind.NotAccepted, Error: longText)
            : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        Check = _ => new CheckOutcome(CheckKind.Failed, longText);

        Run();

        Assert.All(Context.Statuses, status => Assert.InRange(status.Length, 1, 4_096));
    }

    [Fact]
    public void A_request_of_a_batch_starts_the_delivery_of_its_webhook_and_does_not_wait_for_it()
    {
        Context.On(StartDeliveryActivity.Name, _ => true);

        Run(Request with { WebhookUrl = "https://shop.test/hook", BatchId = "batch" });

        var start = Assert.Single(Context.Calls, call => call.Name == StartDeliveryActivity.FunctionName).InputAs<StartDeliveryInput>();
        Assert.Equal(InstanceIds.OfDelivery("local", Request.RequestId, WebhookTypes.VideoCompleted), start.InstanceId);
        Assert.Equal("https://shop.test/hook", start.Webhook.Url);
        Assert.Equal(0, Count(WebhookDelivery.FunctionName));
    }
}

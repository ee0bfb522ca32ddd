using Reel.Generations;
using Reel.Orchestration;
using Reel.Segmind;
using Reel.Webhooks;

namespace Reel.Tests.Generations;

/// <summary>A request whose submit has brought a plan of when to ask.</summary>
public sealed class GenerationPlanTests : GenerationScript
{
    private static readonly PollPlan Plan = new("kling-2.6/10-pro", [4, 60, 90, 110, 125], 4, 60);

    public GenerationPlanTests() => Submits.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-1", Plan: Plan));

    [Fact]
    public void It_asks_by_the_plan()
    {
        Assert.Equal(GenerationStatus.Completed, Run().Status);

        Assert.Equal([4, 60, 90, 110], AskedAt());
    }

    [Fact]
    public void Past_the_plan_it_goes_on_with_patience()
    {
        var inner = Check;
        Check = age => age < TimeSpan.FromSeconds(300) ? new CheckOutcome(CheckKind.Processing) : inner(age);

        Assert.Equal(GenerationStatus.Completed, Run().Status);

        Assert.Equal([4, 60, 90, 110, 125, 140], AskedAt()[..6]);
        Assert.InRange(Count(Activities.Check.Name), 10, 16);
    }

    [Fact]
    public void What_older_code_began_asks_as_it_did()
    {
        Run(Request with { Steps = 2 });
        var with = AskedAt();

        var without = new GenerationPlanTests();
        without.Submits.Clear();
        without.Run(Request with { Steps = 2 });

        Assert.Equal(without.AskedAt(), with);
        Assert.Null(SaveInputs()[0].Rendered);
    }

    [Fact]
    public void A_submit_without_a_plan_is_asked_for_by_the_page()
    {
        Submits.Clear();
        Submits.Enqueue(new SubmitOutcome(SubmitKind.Pending, Error: "no answer is recorded yet"));
        LastLooks.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        Check = _ => new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4");

        var state = Run(Request with { Deadline = Noon.AddSeconds(1) });

        Assert.Equal(GenerationStatus.Completed, state.Status);
        Assert.Equal(1, Count(Activities.Withdraw.Name));
        Assert.Equal(4, (Context.Calls.First(call => call.Name == Activities.Check.Name).At - state.SubmittedAt!.Value).TotalSeconds);
        Assert.Null(SaveInputs()[0].Rendered);
    }

    [Fact]
    public void The_first_save_alone_notes_between_which_checks_it_was_rendered()
    {
        Saves.Enqueue(new SaveVideoOutcome(Error: "the line broke"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);

        Assert.Equal([new RenderedTime(Plan.Kind!, 90, 110), null], SaveInputs().Select(input => input.Rendered));
    }

    [Fact]
    public void A_check_that_did_not_reach_the_provider_shows_nothing_of_the_render()
    {
        var inner = Check;
        Check = age => age.TotalSeconds is 60 or 90 ? new CheckOutcome(CheckKind.Unreachable, "no network") : inner(age);

        Run();

        Assert.Equal(new RenderedTime(Plan.Kind!, 4, 110), SaveInputs()[0].Rendered);
    }

    [Fact]
    public void The_provider_s_own_time_is_what_is_noted()
    {
        Check = age => age < TimeSpan.FromSeconds(100) ? new CheckOutcome(CheckKind.Processing)
            : new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4", Metrics: new RenderMetrics(TotalTime: 101.5));

        Run();

        Assert.Equal(new RenderedTime(Plan.Kind!, 101.5, 101.5), SaveInputs()[0].Rendered);
    }

    [Fact]
    public void Of_a_render_that_failed_or_was_cancelled_nothing_is_learned()
    {
        Context.RaiseAt(Noon.AddSeconds(50), Orchestrations.CancelEvent);
        var failing = new GenerationPlanTests { Check = _ => new CheckOutcome(CheckKind.Failed, "no", Metrics: new RenderMetrics(TotalTime: 3)) };

        Assert.Equal((ErrorCodes.Canceled, ErrorCodes.ProviderFailed), (Run().ErrorCode, failing.Run().ErrorCode));
        Assert.Empty(SaveInputs());
        Assert.Empty(failing.SaveInputs());
    }

    [Fact]
    public void The_plan_is_kept_while_it_renders_so_that_callers_are_told_when_to_ask()
    {
        Context.On(StartDeliveryActivity.Name, _ => true);
        Context.On(WebhookDelivery.Name, _ => new DeliveryResult(DeliveryState.Delivered, DeliveryEnd.Heard, 1, 200));
        var request = Request with { WebhookUrl = "https://caller.test/hook", WebhookEvents = WebhookTypes.OfVideo };

        Run(request);

        var states = Context.Statuses.Select(status => OrchestrationJson.Read<GenerationState>(status)!).ToList();
        Assert.All(states, state => Assert.Equal(state.Stage == Stage.Rendering, state.Plan is not null));
        Assert.All(Context.Statuses, status => Assert.InRange(status.Length, 1, 2_000));
        Assert.DoesNotContain(Context.Calls, call => call.Name != Activities.Submit.Name && call.Input.Contains("\"ages\"", StringComparison.Ordinal));

        var rendering = new Generation(request, states.First(state => state.Stage == Stage.Rendering));
        Assert.Equal(TimeSpan.FromSeconds(20), Progress.AskAgainAfter(rendering, Noon.AddSeconds(70)));
    }

    [Fact]
    public void What_an_earlier_run_of_the_submit_has_posted_is_asked_for_by_the_plan_and_teaches_nothing()
    {
        Submits.Clear();
        Submits.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-1", Plan: Plan with { Kind = null }));
        Check = _ => new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4");

        Assert.Equal(GenerationStatus.Completed, Run().Status);

        Assert.Equal([4], AskedAt());
        Assert.Null(SaveInputs()[0].Rendered);
    }

    [Fact]
    public void With_the_longest_plan_and_trouble_the_status_is_still_short()
    {
        var longest = PollPlan.For("kling-1.6-image2video/10-pro", RenderSpread.Of(1_800, 0.5), 0.1, 3_600, 0.01);
        Submits.Clear();
        Submits.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-1", Plan: longest));
        var inner = Check;
        Check = age => age.TotalSeconds < 60 ? new CheckOutcome(CheckKind.Unreachable, new string('x', 300)) : inner(age);

        Run();

        Assert.Equal(120, longest.Ages.Count);
        Assert.Contains(Context.Statuses, status => status.Contains("\"ages\"", StringComparison.Ordinal) && status.Contains("xxx", StringComparison.Ordinal));
        Assert.All(Context.Statuses, status => Assert.InRange(status.Length, 1, 2_000));
    }

    private int[] AskedAt() =>
        [.. Context.Calls.Where(call => call.Name == Activities.Check.Name).Select(call => (int)(call.At - Noon).TotalSeconds)];

    private List<SaveVideoInput> SaveInputs() =>
        [.. Context.Calls.Where(call => call.Name == Activities.SaveVideo.Name).Select(call => call.InputAs<SaveVideoInput>())];
}

using Reel.Generations;
using Reel.Tests.Orchestration;

namespace Reel.Tests.Generations;

public sealed class GenerationSubmitTests : GenerationScript
{
    [Theory]
    [InlineData(SubmitKind.Refused, ErrorCodes.SubmitRefused, Charged.No)]
    [InlineData(SubmitKind.InsufficientCredits, ErrorCodes.InsufficientCredits, Charged.No)]
    [InlineData(SubmitKind.Unknown, ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown)]
    public void A_submit_that_must_not_be_repeated_is_not(SubmitKind kind, string code, Charged charged)
    {
        Submits.Enqueue(new SubmitOutcome(kind, Error: "because"));

        var state = Run();

        Assert.Equal((GenerationStatus.Failed, code, charged), (state.Status, state.ErrorCode, state.Charged));
        Assert.Contains("because", state.Error, StringComparison.Ordinal);
        Assert.Equal(1, Count(Activities.Submit.Name));
    }

    [Fact]
    public void An_unknown_outcome_says_what_to_check()
    {
        Submits.Enqueue(new SubmitOutcome(SubmitKind.Unknown, Error: "no answer came", StartedAt: Noon.AddMinutes(-105)));

        Assert.Contains("usage for a kling-2.6 job at 2026-11-01 10:15:00Z", Run().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_limit_is_slept_out_until_the_providers_reset_time()
    {
        var reset = Noon.AddSeconds(90);
        Submits.Enqueue(new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: reset));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        var second = Context.Calls.Where(call => call.Name == Activities.Submit.Name).ElementAt(1);
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
        Context.On(Activities.Submit, _ => ++runs == 1
            ? new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: Context.UtcNow.AddMinutes(29.8))
            : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));
        Check = age => age > TimeSpan.FromMinutes(29.8) + TimeSpan.FromSeconds(100)
            ? new CheckOutcome(CheckKind.Completed, Url: "https://files.test/one.mp4")
            : new CheckOutcome(CheckKind.Processing);

        Assert.Equal(GenerationStatus.Completed, Run().Status);
    }

    [Fact]
    public void A_request_that_was_cancelled_before_it_was_submitted_again_is_not()
    {
        Submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "502"));
        Context.On(Activities.Submit, _ => Submits.Dequeue(), TimeSpan.FromSeconds(5));
        Context.RaiseAt(Noon.AddSeconds(1), Orchestrations.CancelEvent);

        Assert.Equal((ErrorCodes.Canceled, Charged.No), Run() is var state ? (state.ErrorCode!, state.Charged!.Value) : default);
        Assert.Equal(1, Count(Activities.Submit.Name));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(3_600)]
    [InlineData(null)]
    public void A_reset_time_that_makes_no_sense_gives_way_to_a_backoff(int? seconds)
    {
        Submits.Enqueue(new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down", RetryAt: seconds is { } s ? Noon.AddSeconds(s) : null));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.InRange(Context.Calls[1].At, Noon.AddSeconds(3), Noon.AddSeconds(8));
    }

    [Fact]
    public void A_provider_that_is_down_is_asked_again_under_a_new_attempt_each_time()
    {
        for (var i = 0; i < 5; i++) Submits.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "502"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 2, 3, 4, 5, 6], Attempts());
    }

    [Fact]
    public void A_submit_that_may_still_be_under_way_is_looked_at_again_under_its_own_number()
    {
        Submits.Enqueue(new SubmitOutcome(SubmitKind.Pending, Error: "begun", RetryAt: Noon.AddSeconds(90)));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 1], Attempts());
    }

    [Fact]
    public void A_submit_that_threw_is_looked_at_again_under_its_own_number()
    {
        var runs = 0;
        Context.On(Activities.Submit, _ => ++runs == 1 ? throw new IOException("no storage") : new SubmitOutcome(SubmitKind.Accepted, "provider-1"));

        Assert.Equal(GenerationStatus.Completed, Run().Status);
        Assert.Equal([1, 1], Attempts());
    }

    [Fact]
    public void A_provider_that_stays_down_ends_at_the_deadline_uncharged()
    {
        Context.On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.NotAccepted, Error: "502 all day"));

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Contains("502 all day", state.Error, StringComparison.Ordinal);
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
    }

    [Fact]
    public void Cancelling_while_waiting_for_capacity_costs_nothing()
    {
        Context.On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.RateLimited, Error: "slow down"));
        Context.RaiseAt(Noon.AddMinutes(3), Orchestrations.CancelEvent);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Equal(Noon.AddMinutes(3), state.FinishedAt);
    }
}

using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Tests.Generations;

/// <summary>A submit whose outcome is open when the request ends: it is withdrawn, and what its record says decides.</summary>
public sealed class GenerationLastLookTests : GenerationScript
{
    private static readonly SubmitOutcome Pending = new(SubmitKind.Pending, Error: "begun");

    public GenerationLastLookTests() => Context.On(Activities.Submit, _ => Pending);

    [Fact]
    public void One_that_turns_out_accepted_at_the_deadline_is_rendered()
    {
        LastLooks.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-9"));
        Check = age => age > TimeSpan.FromMinutes(32) ? Done : new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal((GenerationStatus.Completed, "provider-9", Charged.Yes), (state.Status, state.ProviderRequestId, state.Charged));
        Assert.InRange(state.SubmittedAt!.Value, Request.Deadline, Request.Deadline.AddSeconds(1));
        var look = Assert.Single(Context.Calls, call => call.Name == Activities.Withdraw.Name);
        Assert.Equal(new WithdrawInput(Context.InstanceId, 1, "kling-2.6"), look.InputAs<WithdrawInput>());
    }

    [Theory]
    [InlineData(SubmitKind.Refused, ErrorCodes.SubmitRefused, Charged.No)]
    [InlineData(SubmitKind.InsufficientCredits, ErrorCodes.InsufficientCredits, Charged.No)]
    [InlineData(SubmitKind.RateLimited, ErrorCodes.TimedOut, Charged.No)]
    [InlineData(SubmitKind.NotAccepted, ErrorCodes.TimedOut, Charged.No)]
    [InlineData(SubmitKind.Unknown, ErrorCodes.SubmitOutcomeUnknown, Charged.Unknown)]
    public void At_the_deadline_the_record_decides(SubmitKind kind, string code, Charged charged)
    {
        LastLooks.Enqueue(new SubmitOutcome(kind, Error: "because"));

        var state = Run();

        Assert.Equal((code, charged), (state.ErrorCode, state.Charged));
        Assert.Contains("because", state.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_still_on_its_way_at_the_deadline_is_waited_for()
    {
        var answeredBy = Request.Deadline.AddSeconds(100);
        LastLooks.Enqueue(Pending with { RetryAt = answeredBy });
        LastLooks.Enqueue(new SubmitOutcome(SubmitKind.Accepted, "provider-9"));
        Check = age => age > TimeSpan.FromMinutes(33) ? Done : new CheckOutcome(CheckKind.Processing);

        var state = Run();

        Assert.Equal(GenerationStatus.Completed, state.Status);
        Assert.InRange(state.SubmittedAt!.Value, answeredBy, answeredBy.AddSeconds(2));
    }

    [Fact]
    public void One_that_stays_open_ends_at_the_third_look_and_may_be_charged()
    {
        for (var i = 0; i < 3; i++) LastLooks.Enqueue(Pending with { RetryAt = Request.Deadline.AddSeconds(100) });

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(3, Count(Activities.Withdraw.Name));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline.AddSeconds(100), Request.Deadline.AddSeconds(110));
    }

    [Fact]
    public void An_answer_that_is_announced_for_a_far_day_is_waited_for_ten_minutes_and_no_longer()
    {
        for (var i = 0; i < 2; i++) LastLooks.Enqueue(Pending with { RetryAt = Request.Deadline.AddDays(1) });

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.InRange(state.FinishedAt!.Value, Request.Deadline.AddMinutes(10), Request.Deadline.AddMinutes(11));
    }

    [Fact]
    public void A_storage_that_stays_away_leaves_it_open()
    {
        Context.On(Activities.Withdraw, SubmitOutcome (_) => throw new IOException("no storage"));

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(5, Count(Activities.Withdraw.Name));
    }

    [Theory]
    [InlineData(SubmitKind.Accepted, Charged.Unknown)]
    [InlineData(SubmitKind.Pending, Charged.Unknown)]
    [InlineData(SubmitKind.Unknown, Charged.Unknown)]
    [InlineData(SubmitKind.Refused, Charged.No)]
    [InlineData(SubmitKind.NotAccepted, Charged.No)]
    public void Cancelled_meanwhile_it_is_looked_at_once_and_waited_for_no_longer(SubmitKind kind, Charged charged)
    {
        var cancelledAt = Noon.AddMinutes(3);
        Context.RaiseAt(cancelledAt, Orchestrations.CancelEvent);
        var id = kind == SubmitKind.Accepted ? "provider-9" : null;
        LastLooks.Enqueue(new SubmitOutcome(kind, id, "because", cancelledAt.AddSeconds(100)));

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, charged, id), (state.ErrorCode, state.Charged, state.ProviderRequestId));
        Assert.Equal((cancelledAt, 1), (state.FinishedAt!.Value, Count(Activities.Withdraw.Name)));
    }

    [Fact]
    public void Cancelling_ends_the_wait_for_an_answer_past_the_deadline()
    {
        LastLooks.Enqueue(Pending with { RetryAt = Request.Deadline.AddSeconds(100) });
        LastLooks.Enqueue(Pending with { RetryAt = Request.Deadline.AddSeconds(100) });
        Context.RaiseAt(Request.Deadline.AddSeconds(30), Orchestrations.CancelEvent);

        var state = Run();

        Assert.Equal((ErrorCodes.Canceled, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(Request.Deadline.AddSeconds(30), state.FinishedAt);
    }

    [Fact]
    public void A_submit_that_was_only_ever_held_back_costs_nothing_once_it_is_withdrawn()
    {
        Context.On(Activities.Submit, _ => Pending with { HeldBack = true, RetryAt = Context.UtcNow.AddSeconds(1) });
        LastLooks.Enqueue(new SubmitOutcome(SubmitKind.NotAccepted, Error: "given up"));

        var state = Run();

        Assert.Equal((ErrorCodes.TimedOut, Charged.No), (state.ErrorCode, state.Charged));
        Assert.Equal([1], Attempts().Distinct());
        Assert.Contains(Stage.WaitingForCapacity, Stages());
    }

    [Fact]
    public void A_submit_whose_outcome_was_heard_is_not_looked_at()
    {
        Context.On(Activities.Submit, _ => new SubmitOutcome(SubmitKind.NotAccepted, Error: "502"));

        Assert.Equal((ErrorCodes.TimedOut, Charged.No), Run() is var state ? (state.ErrorCode!, state.Charged!.Value) : default);
        Assert.Equal(0, Count(Activities.Withdraw.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_request_of_before_goes_its_old_way(bool isCancelled)
    {
        if (isCancelled) Context.RaiseAt(Noon.AddMinutes(3), Orchestrations.CancelEvent);

        var state = Run(Request with { Steps = 0 });

        Assert.Equal((isCancelled ? ErrorCodes.Canceled : ErrorCodes.TimedOut, Charged.Unknown), (state.ErrorCode, state.Charged));
        Assert.Equal(0, Count(Activities.Withdraw.Name));
    }

    [Fact]
    public void An_input_of_before_is_read_as_one()
    {
        var written = OrchestrationJson.Write(Request);
        var before = written.Replace($",\"steps\":{GenerationRequest.StepsNow}", "", StringComparison.Ordinal);

        Assert.NotEqual(written, before);
        Assert.Equal(0, OrchestrationJson.Read<GenerationRequest>(before)!.Steps);
    }

    private static CheckOutcome Done => new(CheckKind.Completed, Url: "https://files.test/one.mp4");
}

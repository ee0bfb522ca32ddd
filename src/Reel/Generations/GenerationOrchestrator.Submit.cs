using Reel.Orchestration;

namespace Reel.Generations;

/// <content>The submit: one paid request, however often it has to be tried, and what is said when it comes to nothing.</content>
public sealed partial class GenerationOrchestrator
{
    /// <summary>The last look is of use even when it takes a while: storage is asked for about a minute.</summary>
    private static readonly RetryPolicy LastLook = new(5, TimeSpan.FromSeconds(4));

    /// <summary>How long an answer is waited for after the deadline; it comes within two minutes, unless the clock that said when was wrong.</summary>
    private static readonly TimeSpan LongestLastWait = TimeSpan.FromMinutes(10);

    /// <summary>True when the provider has it; false when the request has FAILED.</summary>
    private async Task<bool> SubmitAsync()
    {
        var attempt = 1;
        SubmitOutcome? last = null;
        for (var tries = 1; ; tries++)
        {
            // Before it is paid for, and not after.
            if (cancelled.IsCompleted || context.UtcNow >= request.Deadline)
            {
                var open = last?.Kind == SubmitKind.Pending;
                if (open && request.Steps >= 1) last = await WithdrawAsync(attempt, last!);
                return GiveUp(last);
            }

            Show(state with { Stage = Stage.Submitting });
            last = await CallSubmitAsync(new SubmitInput(context.InstanceId, attempt, request.Model, request.Parameters));
            if (Settle(last) is { } accepted) return accepted;

            // A pending attempt is looked at again under its own number, which never posts what may have been posted; the others are over.
            if (last.Kind != SubmitKind.Pending) attempt++;
            var stage = IsCapacity(last) ? Stage.WaitingForCapacity : Stage.Submitting;
            await IsCancelledBefore(RetryTime(last, tries), stage, last.Error);
        }
    }

    /// <summary>Ends the submit where the outcome does; null where it may be tried again.</summary>
    private bool? Settle(SubmitOutcome outcome)
    {
        switch (outcome.Kind)
        {
            case SubmitKind.Accepted:
                Show(state with
                {
                    Stage = Stage.Rendering,
                    SubmittedAt = context.UtcNow,
                    ProviderRequestId = outcome.ProviderRequestId,
                    Plan = request.Steps >= 3 ? outcome.Plan : null,
                    Trouble = null,
                    RetryAt = null,
                });
                LogSubmitted(log, request.RequestId, outcome.ProviderRequestId!);
                return true;
            case SubmitKind.Refused:
                state = state with { ProviderStatus = outcome.ProviderStatus };
                return Fail(ErrorCodes.SubmitRefused, outcome.Error, Charged.No);
            case SubmitKind.InsufficientCredits:
                return Fail(ErrorCodes.InsufficientCredits, outcome.Error, Charged.No);
            case SubmitKind.Unknown:
                return Fail(ErrorCodes.SubmitOutcomeUnknown, DescribeUnknown(outcome), Charged.Unknown);
            default:
                return null;
        }
    }

    /// <summary>
    /// Looks a last time at an attempt whose outcome is open, and closes it. At the deadline it waits for an answer that is still on its way; after a
    /// cancellation it looks once, since somebody waits.
    /// </summary>
    private async Task<SubmitOutcome> WithdrawAsync(int attempt, SubmitOutcome last)
    {
        const int Most = 3; // Timers may fire early.
        var input = new WithdrawInput(context.InstanceId, attempt, request.Model);
        var patience = context.UtcNow + LongestLastWait;
        for (var looks = 1; ; looks++)
        {
            try
            {
                last = await context.CallAsync(Activities.Withdraw, input, LastLook);
            }
            catch (TaskFailedException exception)
            {
                LogActivityFailed(log, request.RequestId, exception.TaskName, exception.Reason);
                return last;
            }

            if (last is not { Kind: SubmitKind.Pending, RetryAt: { } answeredBy } || cancelled.IsCompleted || looks == Most || context.UtcNow >= patience) return last;
            await IsCancelledBefore(Earlier(answeredBy + TimeSpan.FromSeconds(1), patience), Stage.Submitting, last.Error);
        }
    }

    /// <summary>What is left to say when there is no more time, or no more wish: true when the provider has it all the same.</summary>
    private bool GiveUp(SubmitOutcome? last)
    {
        var charged = last?.Kind is SubmitKind.Pending or SubmitKind.Unknown or SubmitKind.Accepted ? Charged.Unknown : Charged.No;
        if (cancelled.IsCompleted)
        {
            state = state with { ProviderRequestId = last?.ProviderRequestId };
            return Fail(ErrorCodes.Canceled, last?.Kind == SubmitKind.Accepted
                ? "Cancelled when the provider had just accepted it. The provider has no way to stop and may charge for it."
                : "Cancelled before the provider was known to have accepted it.", charged);
        }

        if (last is not null && Settle(last) is { } accepted) return accepted;
        return Fail(ErrorCodes.TimedOut, charged == Charged.No
            ? $"The provider did not accept it before the deadline. {Last(last)}"
            : $"The deadline came before it was known whether the provider had accepted it, which it may have, and charge for it. {Last(last)}", charged);
    }

    private async Task<SubmitOutcome> CallSubmitAsync(SubmitInput input)
    {
        try
        {
            return await context.CallAsync(Activities.Submit, input);
        }
        catch (TaskFailedException exception)
        {
            // Its record could not be written or read. If it had posted before, in a run that crashed, the record will tell.
            LogActivityFailed(log, request.RequestId, exception.TaskName, exception.Reason);
            return new SubmitOutcome(SubmitKind.Pending, Error: StorageTrouble);
        }
    }

    /// <summary>
    /// When to submit again, never past the deadline. After a refusal for the rate limit: the provider's reset time where it is believable, else a
    /// backoff, and in both cases a moment of its own. After a wait for an answer: when it must be there. Else a backoff.
    /// </summary>
    private DateTimeOffset RetryTime(SubmitOutcome outcome, int tries)
    {
        var now = context.UtcNow;
        var least = PollSchedule.LeastAt(now - request.AcceptedAt);
        var later = now + Later(Backoff.After(request.RequestId, tries, FirstRetry, MostSubmitRetry), least);
        var told = outcome.RetryAt is { } at && CapacityWait.IsBelievable(at, now) ? at : (DateTimeOffset?)null;
        var room = told ?? (outcome.HeldBack ? now : later);
        var retryAt = IsCapacity(outcome) ? Later(CapacityWait.Until(request.RequestId, tries, room, request.Deadline), now + least)
            : told is { } time ? time + TimeSpan.FromSeconds(1 + 4 * Backoff.Spread(request.RequestId, tries))
            : later;
        return Earlier(retryAt, request.Deadline);
    }

    private static bool IsCapacity(SubmitOutcome outcome) => outcome.Kind == SubmitKind.RateLimited || outcome.HeldBack;

    private static string Last(SubmitOutcome? outcome) => outcome is null ? "It was not asked" : $"Last: {outcome.Error}";

    private string DescribeUnknown(SubmitOutcome outcome) =>
        $"It cannot be told whether the provider accepted this request ({Shorten(outcome.Error, 300)}). It is not sent again, since that could be charged "
        + $"twice. Look at your provider account's usage for a {request.Model} job at {outcome.StartedAt ?? context.UtcNow:u}; if there is none, "
        + $"POST to /v2/requests/{request.RequestId}/resubmit.";
}

using Reel.Orchestration;
using Reel.Records;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>
/// Posts a request to the provider at most once per attempt, whatever crashes and however often this runs, also at the same time.
/// <code>
/// found record            this run                                     answer
/// none                    creates it (If-None-Match), posts            the provider's
/// an attempt before       replaces it (If-Match), posts                the provider's
/// either, no room         posts nothing, leaves it as it is            Pending, held back; see SubmitGate
/// this attempt, answered  posts nothing                                the recorded one
/// this one, unanswered    posts nothing                                Pending while a run may still be posting, then Unknown
/// a later attempt         posts nothing (a late duplicate)             the recorded one, else as above
/// </code>
/// An attempt follows another only after the history has heard that the one before was surely not accepted, be it recorded or not. What was held back
/// comes again under its own number: another run of it may have been let in. It throws only before it has posted.
/// </summary>
public sealed class SubmitActivity(ISegmindClient segmind, Submissions submissions, SubmitGate gate, PollPlans plans, TimeProvider time)
    : IActivity<SubmitInput, SubmitOutcome>
{
    /// <inheritdoc/>
    public async Task<SubmitOutcome> RunAsync(SubmitInput input, CancellationToken cancellationToken)
    {
        // Beside the submit, which takes longer: storage that is slow to tell of render times holds up nothing.
        var plan = plans.MakeAsync(input.Model, input.Parameters);
        var (outcome, isFound) = await SubmitAsync(input, cancellationToken);
        if (outcome.Kind != SubmitKind.Accepted) return outcome;

        // What an earlier run has posted is heard of late: its render began before the history says so, and teaches nothing.
        return outcome with { Plan = isFound && await plan is { } made ? made with { Kind = null } : await plan };
    }

    /// <summary>The outcome, and whether it is that of another run.</summary>
    private async Task<(SubmitOutcome Outcome, bool IsFound)> SubmitAsync(SubmitInput input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A first attempt that is let in at once need not look: where a run before has left a record, the claim fails, and that is read then.
        Record<SubmissionRecord>? found = null;
        var free = input.Attempt == 1 ? gate.TryEnter() : null;
        if (free is null)
        {
            found = await submissions.FindAsync(input.InstanceId);
            if (found?.Value.Attempt >= input.Attempt) return (submissions.Judge(found.Value), true);
        }

        // Before the claim, whose time is limited, and with an ear for the stop: nothing is begun yet.
        using var entry = free ?? await gate.EnterAsync(cancellationToken);
        if (entry.HeldBack is { } heldBack) return (heldBack, false);

        // From here on a stop is not listened to.
        var begun = new SubmissionRecord(input.Model, input.Attempt, time.GetUtcNow());
        if (await submissions.ClaimAsync(input.InstanceId, begun, found) is not { } claim)
            return (await submissions.JudgeFasterAsync(input.InstanceId, input.Attempt), true);

        var outcome = submissions.IsInTime(begun)
            ? await PostAsync(input, begun.StartedAt)
            : new SubmitOutcome(SubmitKind.NotAccepted, Error: "Blob storage was too slow; nothing was sent.");
        gate.Heard(outcome);
        entry.Dispose(); // The next one need not wait for this one's record.

        await submissions.RememberAsync(input.InstanceId, claim, outcome);
        return (outcome, false);
    }

    /// <summary>The one paid request. Not cancelled when the host stops: an answer that nobody waits for is an unknown outcome.</summary>
    private async Task<SubmitOutcome> PostAsync(SubmitInput input, DateTimeOffset startedAt)
    {
        return await segmind.SubmitAsync(input.Model, input.Parameters, CancellationToken.None) switch
        {
            SubmitAnswer.Accepted accepted => new SubmitOutcome(SubmitKind.Accepted, accepted.RequestId),
            SubmitAnswer.Refused { Reason: RefusalReason.InsufficientCredits or RefusalReason.SpendLimit } refused =>
                new SubmitOutcome(SubmitKind.InsufficientCredits, Error: refused.Error),
            SubmitAnswer.Refused refused => new SubmitOutcome(SubmitKind.Refused, Error: refused.Error, ProviderStatus: refused.StatusCode),
            SubmitAnswer.RateLimited limited => new SubmitOutcome(SubmitKind.RateLimited, Error: limited.Error, RetryAt: limited.ResetAt),
            SubmitAnswer.Unavailable unavailable => new SubmitOutcome(SubmitKind.NotAccepted, Error: unavailable.Error),
            SubmitAnswer.NotSent notSent => new SubmitOutcome(SubmitKind.NotAccepted, Error: notSent.Error),
            SubmitAnswer.OutcomeUnknown unknown => new SubmitOutcome(SubmitKind.Unknown, Error: unknown.What, StartedAt: startedAt),
            var other => new SubmitOutcome(SubmitKind.Unknown, Error: other.GetType().Name, StartedAt: startedAt),
        };
    }
}

using Reel.Orchestration;

namespace Reel.Generations;

/// <summary>
/// The last look at an attempt whose outcome the history has not heard. It posts nothing, ever; and where nobody has claimed the attempt it does
/// so itself, with "not accepted" as the answer, so that no late run of the submit can post after the request has ended.
/// <code>
/// found record                answer
/// none, an attempt before     NotAccepted, and the attempt is closed
/// this attempt, answered      the recorded one
/// this one, unanswered        Pending while a run may still be posting, then Unknown
/// </code>
/// Repeating it is harmless. It throws when storage is in trouble.
/// </summary>
public sealed class WithdrawActivity(Submissions submissions, TimeProvider time) : IActivity<WithdrawInput, SubmitOutcome>
{
    private static readonly SubmitOutcome Closed = new(SubmitKind.NotAccepted, Error: "It was given up before anything was sent.");

    /// <inheritdoc/>
    public async Task<SubmitOutcome> RunAsync(WithdrawInput input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var found = await submissions.FindAsync(input.InstanceId);
        if (found?.Value.Attempt >= input.Attempt) return submissions.Judge(found.Value);

        var closed = new SubmissionRecord(input.Model, input.Attempt, time.GetUtcNow(), Closed);
        return await submissions.ClaimAsync(input.InstanceId, closed, found) is not null
            ? Closed
            : await submissions.JudgeFasterAsync(input.InstanceId, input.Attempt);
    }
}

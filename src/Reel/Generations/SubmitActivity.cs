using Microsoft.Extensions.Logging;
using Reel.Orchestration;
using Reel.Records;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>
/// Posts a request to the provider at most once per attempt, whatever crashes and however often this runs, also at the same time.
/// <code>
/// found record            this run                                     answer
/// none                    creates it (If-None-Match), posts            the provider's
/// attempt before, answered  replaces it (If-Match), posts                the provider's
/// this attempt, answered  posts nothing                                the recorded one
/// this attempt, unanswered  posts nothing                                Pending while a run may still be posting, then Unknown
/// a later attempt         posts nothing (a late duplicate)             Pending
/// </code>
/// It throws only before it has posted.
/// </summary>
public sealed partial class SubmitActivity(
    ISegmindClient segmind, SegmindTimings timings, RecordStore records, TimeProvider time, ILogger<SubmitActivity> logger)
    : IActivity<SubmitInput, SubmitOutcome>
{
    /// <summary>How long after a record's start its run may still be posting: the client's own limit, and room for clocks that differ.</summary>
    private readonly TimeSpan postingLimit = timings.LongestSubmit + TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<SubmitOutcome> RunAsync(SubmitInput input, CancellationToken cancellationToken)
    {
        var name = SubmissionRecord.NameOf(input.InstanceId);
        var begun = new SubmissionRecord(input.Model, input.Attempt, time.GetUtcNow());

        var claim = await records.CreateAsync(name, begun, cancellationToken);
        if (claim is null)
        {
            var found = await records.ReadAsync<SubmissionRecord>(name, cancellationToken)
                ?? throw new InvalidOperationException("The submission record was removed while it was looked at.");
            if (found.Value.Attempt >= input.Attempt || found.Value.Answer is null) return Judge(found.Value, input.Attempt);

            claim = await records.ReplaceAsync(name, begun, found.ETag, cancellationToken);
            if (claim is null) return new SubmitOutcome(SubmitKind.Pending, Error: "Another run of this submit was faster.", RetryAt: begun.StartedAt + postingLimit);
        }

        var outcome = await PostAsync(input);
        await RememberAsync(name, claim with { Value = begun with { Answer = outcome } });
        return outcome;
    }

    private SubmitOutcome Judge(SubmissionRecord found, int attempt)
    {
        if (found.Attempt == attempt && found.Answer is { } answer) return answer;

        var answeredBy = found.StartedAt + postingLimit;
        return found.Attempt > attempt || time.GetUtcNow() < answeredBy
            ? new SubmitOutcome(SubmitKind.Pending, Error: "A submit was begun whose answer is not recorded yet.", RetryAt: answeredBy)
            : new SubmitOutcome(SubmitKind.Unknown, Error: $"it was begun at {found.StartedAt:u}, and no answer was recorded");
    }

    /// <summary>The one paid request. Not cancelled when the host stops: an answer that nobody waits for is an unknown outcome.</summary>
    private async Task<SubmitOutcome> PostAsync(SubmitInput input)
    {
        return await segmind.SubmitAsync(input.Model, input.Parameters, CancellationToken.None) switch
        {
            SubmitAnswer.Accepted accepted => new SubmitOutcome(SubmitKind.Accepted, accepted.RequestId),
            SubmitAnswer.Refused { Reason: RefusalReason.InsufficientCredits } refused => new SubmitOutcome(SubmitKind.InsufficientCredits, Error: refused.Error),
            SubmitAnswer.Refused refused => new SubmitOutcome(SubmitKind.Refused, Error: refused.Error),
            SubmitAnswer.RateLimited limited => new SubmitOutcome(SubmitKind.RateLimited, Error: limited.Error, RetryAt: limited.ResetAt),
            SubmitAnswer.Unavailable unavailable => new SubmitOutcome(SubmitKind.NotAccepted, Error: unavailable.Error),
            SubmitAnswer.NotSent notSent => new SubmitOutcome(SubmitKind.NotAccepted, Error: notSent.Error),
            SubmitAnswer.OutcomeUnknown unknown => new SubmitOutcome(SubmitKind.Unknown, Error: unknown.What),
            var other => new SubmitOutcome(SubmitKind.Unknown, Error: other.GetType().Name),
        };
    }

    /// <summary>
    /// Completes the record. If storage fails now, the outcome is still returned: the engine's history keeps it, and only a crash before that
    /// leaves it unknown.
    /// </summary>
    private async Task RememberAsync(string name, Record<SubmissionRecord> answered)
    {
        try
        {
            if (await records.ReplaceAsync(name, answered.Value, answered.ETag, CancellationToken.None) is null) LogRecordTaken(logger, name);
        }
        catch (Exception exception)
        {
            LogRecordNotWritten(logger, name, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The submission record {Name} was changed by another run; this run's answer stands in the history alone.")]
    private static partial void LogRecordTaken(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer could not be added to the submission record {Name}.")]
    private static partial void LogRecordNotWritten(ILogger logger, string name, Exception exception);
}

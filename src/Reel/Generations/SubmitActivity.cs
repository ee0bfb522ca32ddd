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
/// an attempt before       replaces it (If-Match), posts                the provider's
/// this attempt, answered  posts nothing                                the recorded one
/// this one, unanswered    posts nothing                                Pending while a run may still be posting, then Unknown
/// a later attempt         posts nothing (a late duplicate)             the recorded one, else as above
/// </code>
/// An attempt follows another only after the history has heard that the one before was surely not accepted, be it recorded or not. It throws only
/// before it has posted.
/// </summary>
public sealed partial class SubmitActivity(
    ISegmindClient segmind, SegmindTimings timings, RecordStore records, TimeProvider time, ILogger<SubmitActivity> logger)
    : IActivity<SubmitInput, SubmitOutcome>
{
    private static readonly TimeSpan ClaimLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    /// <summary>How long after a record's start its answer may still be on its way: to claim, to post, to record, on clocks that differ.</summary>
    private readonly TimeSpan answerLimit = ClaimLimit + timings.LongestSubmit + RecordLimit + ClockSkew;

    /// <inheritdoc/>
    public async Task<SubmitOutcome> RunAsync(SubmitInput input, CancellationToken cancellationToken)
    {
        // From here on a stop is not listened to: a claim that is broken off would look like a request that may have been made.
        cancellationToken.ThrowIfCancellationRequested();
        var name = SubmissionRecord.NameOf(input.InstanceId);
        var begun = new SubmissionRecord(input.Model, input.Attempt, time.GetUtcNow());

        var claim = await records.CreateAsync(name, begun, CancellationToken.None);
        if (claim is null)
        {
            var found = await records.ReadAsync<SubmissionRecord>(name, CancellationToken.None)
                ?? throw new InvalidOperationException("The submission record was removed while it was looked at.");
            if (found.Value.Attempt >= input.Attempt) return Judge(found.Value);

            claim = await records.ReplaceAsync(name, begun, found.ETag, CancellationToken.None);
            if (claim is null) return new SubmitOutcome(SubmitKind.Pending, Error: "Another run of this submit was faster.", RetryAt: begun.StartedAt + answerLimit);
        }

        // Others count on the answer being there in time.
        var outcome = time.GetUtcNow() - begun.StartedAt <= ClaimLimit
            ? await PostAsync(input, begun.StartedAt)
            : new SubmitOutcome(SubmitKind.NotAccepted, Error: "Blob storage was too slow; nothing was sent.");
        await RememberAsync(name, claim with { Value = begun with { Answer = outcome } });
        return outcome;
    }

    private SubmitOutcome Judge(SubmissionRecord found)
    {
        if (found.Answer is { } answer) return answer;

        var answeredBy = found.StartedAt + answerLimit;
        return time.GetUtcNow() < answeredBy
            ? new SubmitOutcome(SubmitKind.Pending, Error: "A submit was begun whose answer is not recorded yet.", RetryAt: answeredBy)
            : new SubmitOutcome(SubmitKind.Unknown, Error: "the process ended, or lost its storage, while it was asked", StartedAt: found.StartedAt);
    }

    /// <summary>The one paid request. Not cancelled when the host stops: an answer that nobody waits for is an unknown outcome.</summary>
    private async Task<SubmitOutcome> PostAsync(SubmitInput input, DateTimeOffset startedAt)
    {
        return await segmind.SubmitAsync(input.Model, input.Parameters, CancellationToken.None) switch
        {
            SubmitAnswer.Accepted accepted => new SubmitOutcome(SubmitKind.Accepted, accepted.RequestId),
            SubmitAnswer.Refused { Reason: RefusalReason.InsufficientCredits or RefusalReason.SpendLimit } refused =>
                new SubmitOutcome(SubmitKind.InsufficientCredits, Error: refused.Error),
            SubmitAnswer.Refused refused => new SubmitOutcome(SubmitKind.Refused, Error: refused.Error),
            SubmitAnswer.RateLimited limited => new SubmitOutcome(SubmitKind.RateLimited, Error: limited.Error, RetryAt: limited.ResetAt),
            SubmitAnswer.Unavailable unavailable => new SubmitOutcome(SubmitKind.NotAccepted, Error: unavailable.Error),
            SubmitAnswer.NotSent notSent => new SubmitOutcome(SubmitKind.NotAccepted, Error: notSent.Error),
            SubmitAnswer.OutcomeUnknown unknown => new SubmitOutcome(SubmitKind.Unknown, Error: unknown.What, StartedAt: startedAt),
            var other => new SubmitOutcome(SubmitKind.Unknown, Error: other.GetType().Name, StartedAt: startedAt),
        };
    }

    /// <summary>
    /// Completes the record. If storage fails now, the outcome is still returned: the engine's history keeps it, and only a crash before that
    /// leaves it unknown.
    /// </summary>
    private async Task RememberAsync(string name, Record<SubmissionRecord> answered)
    {
        using var limit = new CancellationTokenSource(RecordLimit, time);
        try
        {
            if (await records.ReplaceAsync(name, answered.Value, answered.ETag, limit.Token) is null) LogRecordTaken(logger, name);
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

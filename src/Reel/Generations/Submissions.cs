using Microsoft.Extensions.Logging;
using Reel.Records;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>The submission records of requests: who may post, and what is known of a post. One claim per attempt, ever.</summary>
public sealed partial class Submissions(RecordStore records, SegmindTimings timings, TimeProvider time, ILogger<Submissions> logger)
{
    private static readonly TimeSpan ClaimLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    /// <summary>How long after a record's start its answer may still be on its way: to claim, to post, to record, on clocks that differ.</summary>
    private readonly TimeSpan answerLimit = ClaimLimit + timings.LongestSubmit + RecordLimit + ClockSkew;

    /// <summary>What the record says; null when there is none.</summary>
    public Task<Record<SubmissionRecord>?> FindAsync(string instanceId) =>
        records.ReadAsync<SubmissionRecord>(SubmissionRecord.NameOf(instanceId), CancellationToken.None);

    /// <summary>
    /// Claims an attempt: creates the record (If-None-Match), or replaces that of an attempt before (If-Match). Not cancelled when the host stops: a
    /// claim that is broken off would look like a request that may have been made.
    /// </summary>
    /// <param name="found">What <see cref="FindAsync"/> found.</param>
    /// <returns>Null when somebody else was faster.</returns>
    public Task<Record<SubmissionRecord>?> ClaimAsync(string instanceId, SubmissionRecord record, Record<SubmissionRecord>? found) => found is null
        ? records.CreateAsync(SubmissionRecord.NameOf(instanceId), record, CancellationToken.None)
        : records.ReplaceAsync(SubmissionRecord.NameOf(instanceId), record, found.ETag, CancellationToken.None);

    /// <summary>Whether a claim was made soon enough to post under it: others count on the answer being there in time.</summary>
    public bool IsInTime(SubmissionRecord claimed) => time.GetUtcNow() - claimed.StartedAt <= ClaimLimit;

    /// <summary>
    /// Completes a record. If storage fails now, the outcome still stands: the engine's history keeps it, and only a crash before that leaves it
    /// unknown.
    /// </summary>
    public async Task RememberAsync(string instanceId, Record<SubmissionRecord> claim, SubmitOutcome outcome)
    {
        using var limit = new CancellationTokenSource(RecordLimit, time);
        var name = SubmissionRecord.NameOf(instanceId);
        try
        {
            if (await records.ReplaceAsync(name, claim.Value with { Answer = outcome }, claim.ETag, limit.Token) is null) LogRecordTaken(logger, name);
        }
        catch (Exception exception)
        {
            LogRecordNotWritten(logger, name, exception);
        }
    }

    /// <summary>What an attempt came to that others have claimed.</summary>
    public SubmitOutcome Judge(SubmissionRecord found)
    {
        if (found.Answer is { } answer) return answer;

        var answeredBy = found.StartedAt + answerLimit;
        return time.GetUtcNow() < answeredBy
            ? new SubmitOutcome(SubmitKind.Pending, Error: "A submit was begun whose answer is not recorded yet.", RetryAt: answeredBy)
            : new SubmitOutcome(SubmitKind.Unknown, Error: "the process ended, or lost its storage, while it was asked", StartedAt: found.StartedAt);
    }

    /// <summary>What an attempt came to whose claim was lost to somebody faster.</summary>
    public async Task<SubmitOutcome> JudgeFasterAsync(string instanceId, int attempt) =>
        await FindAsync(instanceId) is { } found && found.Value.Attempt >= attempt
            ? Judge(found.Value)
            : new SubmitOutcome(SubmitKind.Pending, Error: "Another run of this submit was faster.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The submission record {Name} was changed by another run; this run's answer stands in the history alone.")]
    private static partial void LogRecordTaken(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer could not be added to the submission record {Name}.")]
    private static partial void LogRecordNotWritten(ILogger logger, string name, Exception exception);
}

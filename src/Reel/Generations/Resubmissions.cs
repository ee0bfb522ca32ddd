using Azure;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reel.Records;

namespace Reel.Generations;

/// <summary>
/// Starts a request again whose submit had an unknown outcome, for a person who has looked and takes the risk of a second charge. It becomes a new
/// request, since an instance that exists is never run again; the old one, with its submission record, stays as it is. Each has one resubmission at the
/// most: a record created with If-None-Match holds its id, and whoever loses the race, or repeats it, reads that.
/// </summary>
public sealed partial class Resubmissions(
    RecordStore records,
    GenerationStore generations,
    UsageRecords deleted,
    RenderTimes renderTimes,
    IOptions<RequestOptions> options,
    TimeProvider time,
    ILogger<Resubmissions> logger)
{
    // Somebody waits for the rest of the answer.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    /// <summary>Whether a request may be resubmitted: nothing else leaves it to a person whether it is paid for.</summary>
    public static bool IsOpenTo(GenerationState state) => state is { Status: GenerationStatus.Failed, ErrorCode: ErrorCodes.SubmitOutcomeUnknown };

    /// <summary>Says which request is, or is to be, a request's resubmission.</summary>
    /// <param name="unknown">One that <see cref="IsOpenTo"/> allows.</param>
    /// <param name="requestId">Of a new request, made now; another is told when one is reserved already.</param>
    public async Task<Resubmission> ReserveAsync(GenerationRequest unknown, string requestId, CancellationToken cancellationToken)
    {
        if (await records.CreateAsync(NameOf(unknown), new ResubmissionRecord(requestId), cancellationToken) is not null)
            return new Resubmission(requestId, ResubmissionKind.ToBeStarted);

        var id = await ReadAsync(unknown, cancellationToken) ?? throw new InvalidOperationException("A resubmission record was removed while it was looked at.");
        return new Resubmission(id, await FindKindAsync(unknown.CallerId, id, cancellationToken));
    }

    /// <summary>Starts a reserved resubmission; repeating it changes nothing, and finishes what a crash has left half done.</summary>
    /// <param name="requestId">What <see cref="ReserveAsync"/> has told, as one that is to be started.</param>
    /// <param name="baseUrl">See <see cref="GenerationRequest.BaseUrl"/>.</param>
    public async Task StartAsync(GenerationRequest unknown, string requestId, string baseUrl, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var again = unknown with
        {
            RequestId = requestId,
            AcceptedAt = now,
            Deadline = now + options.Value.Deadline,
            BaseUrl = baseUrl,
            ResubmissionOf = unknown.RequestId,
            Steps = GenerationRequest.StepsNow,
            ExpectedSeconds = renderTimes.Expect(unknown.Model, unknown.Parameters),
            BatchId = null,
        };
        await generations.StartAsync(again, cancellationToken);
        LogResubmitted(logger, unknown.RequestId, requestId);
    }

    /// <summary>
    /// The provider's id of a request that it did accept: a slow run has recorded that after the outcome was judged unknown. To send such a one again is
    /// to pay twice. Null as long as nothing says so.
    /// </summary>
    public async Task<string?> FindAcceptedAsync(GenerationRequest unknown, CancellationToken cancellationToken)
    {
        var name = SubmissionRecord.NameOf(InstanceIds.Of(unknown.CallerId, unknown.RequestId));
        var answer = (await records.ReadAsync<SubmissionRecord>(name, cancellationToken))?.Value.Answer;
        return answer is { Kind: SubmitKind.Accepted } ? answer.ProviderRequestId : null;
    }

    /// <summary>The id of a request's resubmission; null when there is none that can be looked at. Storage is asked only where there can be one.</summary>
    public async Task<string?> FindAsync(Generation generation, CancellationToken cancellationToken)
    {
        if (!IsOpenTo(generation.State) || await ReadAsync(generation.Request, cancellationToken) is not { } id) return null;
        return await generations.FindAsync(generation.Request.CallerId, id, cancellationToken) is null ? null : id;
    }

    /// <summary>Like <see cref="FindAsync"/>, for an answer that is of use without it: null also when storage cannot be read.</summary>
    public async Task<string?> FindIfReadableAsync(Generation generation, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(ReadLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await FindAsync(generation, either.Token);
        }
        catch (Exception exception) when (
            !cancellationToken.IsCancellationRequested
            && exception is (RequestFailedException or AggregateException or OperationCanceledException or AuthenticationFailedException))
        {
            LogNotRead(logger, generation.Request.RequestId, exception);
            return null;
        }
    }

    // One that is not there was never started, unless something says that it was: it got as far as its submit, or was deleted.
    private async Task<ResubmissionKind> FindKindAsync(string callerId, string id, CancellationToken cancellationToken)
    {
        if (await generations.FindAsync(callerId, id, cancellationToken) is not null) return ResubmissionKind.Started;
        if (await deleted.FindAsync(callerId, id, cancellationToken) is not null) return ResubmissionKind.Deleted;
        return await records.ReadAsync<SubmissionRecord>(SubmissionRecord.NameOf(InstanceIds.Of(callerId, id)), cancellationToken) is null
            ? ResubmissionKind.ToBeStarted
            : ResubmissionKind.Forgotten;
    }

    private async Task<string?> ReadAsync(GenerationRequest unknown, CancellationToken cancellationToken) =>
        (await records.ReadAsync<ResubmissionRecord>(NameOf(unknown), cancellationToken))?.Value.RequestId;

    private static string NameOf(GenerationRequest unknown) => $"resubmissions/{InstanceIds.Of(unknown.CallerId, unknown.RequestId)}.json";

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId}, whose submit had an unknown outcome, was resubmitted as {NewRequestId}.")]
    private static partial void LogResubmitted(ILogger logger, string requestId, string newRequestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether request {RequestId} was resubmitted could not be read; its answer leaves that out.")]
    private static partial void LogNotRead(ILogger logger, string requestId, Exception exception);
}

/// <summary>What is kept of a resubmission.</summary>
/// <param name="RequestId">Of the new request.</param>
public sealed record ResubmissionRecord(string RequestId);

/// <summary>The one resubmission that a request can have.</summary>
public sealed record Resubmission(string RequestId, ResubmissionKind Kind);

/// <summary>How a resubmission stands.</summary>
public enum ResubmissionKind
{
    /// <summary>It is reserved, and nobody has started it.</summary>
    ToBeStarted,

    /// <summary>It is there.</summary>
    Started,

    /// <summary>It was started, and its caller has deleted it.</summary>
    Deleted,

    /// <summary>It was started, and is past its retention.</summary>
    Forgotten,
}

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

    /// <summary>Starts a request's resubmission; repeating it changes nothing, and finishes what a crash has left half done.</summary>
    /// <param name="unknown">One that <see cref="IsOpenTo"/> allows.</param>
    /// <param name="requestId">Of the new request, made now; another is started when there is one already.</param>
    /// <param name="baseUrl">See <see cref="GenerationRequest.BaseUrl"/>.</param>
    public async Task<Resubmission> StartAsync(GenerationRequest unknown, string requestId, string baseUrl, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mine = new ResubmissionRecord(requestId);
        var isNew = await records.CreateAsync(NameOf(unknown), mine, cancellationToken) is not null;
        var id = isNew ? mine.RequestId : await ReadAsync(unknown, cancellationToken)
            ?? throw new InvalidOperationException("A resubmission record was removed while it was looked at.");

        // Starting is repeatable for as long as the request is remembered. One that has got as far as its submit was surely started, and may be forgotten;
        // so was one that was deleted, and may have been cancelled before.
        var instanceId = InstanceIds.Of(unknown.CallerId, id);
        if (isNew
            || (await records.ReadAsync<SubmissionRecord>(SubmissionRecord.NameOf(instanceId), cancellationToken) is null
                && await deleted.FindAsync(unknown.CallerId, id, cancellationToken) is null))
        {
            var again = unknown with
            {
                RequestId = id,
                AcceptedAt = now,
                Deadline = now + options.Value.Deadline,
                BaseUrl = baseUrl,
                ResubmissionOf = unknown.RequestId,
                Steps = GenerationRequest.StepsNow,
                ExpectedSeconds = renderTimes.Expect(unknown.Model),
                BatchId = null,
            };
            await generations.StartAsync(again, cancellationToken);
            LogResubmitted(logger, unknown.RequestId, id);
        }

        return new Resubmission(id, IsReplay: !isNew);
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

/// <summary>A started resubmission.</summary>
/// <param name="IsReplay">Another call has reserved the id.</param>
public sealed record Resubmission(string RequestId, bool IsReplay);

using System.Text.Json;
using Reel.Batches;

namespace Reel.Api;

/// <summary>A batch in an answer, and the data of <c>batch.completed</c>. Members that do not apply are left out.</summary>
/// <param name="Status">QUEUED, PROCESSING, COMPLETED or CANCELED; FAILED when the durable engine ended it.</param>
/// <param name="RequestsUrl">Where its requests are, by page.</param>
/// <param name="Concurrency">How many are under way at once, at the most.</param>
/// <param name="ErrorCodes">How many FAILED, by error code.</param>
/// <param name="Cost">Of all that was charged so far, where the provider said it.</param>
/// <param name="CancelRequestedAt">Until it has finished: when it was cancelled.</param>
/// <param name="RequestIds">In the answer to a submit: of its requests, in the order of the input.</param>
internal sealed record BatchAnswer(
    string Status,
    string BatchId,
    string BatchUrl,
    string RequestsUrl,
    BatchCounts Counts,
    int Concurrency,
    IReadOnlyDictionary<string, int>? ErrorCodes = null,
    decimal? Cost = null,
    JsonElement? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? CancelRequestedAt = null,
    DateTimeOffset? FinishedAt = null,
    IReadOnlyList<string>? RequestIds = null)
{
    /// <summary>The answer to a submit.</summary>
    public static BatchAnswer Accepted(string baseUrl, BatchRequest batch) =>
        Of(baseUrl, new Batch(batch, new BatchState(BatchStatus.Queued, new BatchTally()))) with
        {
            CreatedAt = null, // another call's, when this one is its replay
            RequestIds = [.. Enumerable.Range(0, batch.Count).Select(index => BatchIds.Request(batch.BatchId, index))],
        };

    /// <summary>A batch as it stands.</summary>
    public static BatchAnswer Of(string baseUrl, Batch batch)
    {
        var (request, state) = batch;
        var url = Links.Batch(baseUrl, request.BatchId);
        return new BatchAnswer(
            state.Status.ToString().ToUpperInvariant(),
            request.BatchId,
            url,
            $"{url}/requests",
            new BatchCounts(
                request.Count, request.Count - state.InFlight - state.Tally.Ended, state.InFlight, state.Tally.Completed, state.Tally.Failed),
            request.Lanes,
            state.Tally.Errors,
            state.Tally.Ended == 0 ? null : state.Tally.Cost,
            request.Metadata is null ? null : JsonSerializer.Deserialize(request.Metadata, ApiJson.Types.JsonElement),
            request.AcceptedAt,
            state.CancelRequestedAt,
            state.FinishedAt);
    }
}

/// <summary>How many requests of a batch are where.</summary>
/// <param name="Queued">Not begun.</param>
/// <param name="InFlight">Begun and not over.</param>
/// <param name="Failed">Those that were cancelled included.</param>
internal sealed record BatchCounts(int Total, int Queued, int InFlight, int Completed, int Failed);

/// <summary>A page of batches.</summary>
/// <param name="NextCursor">For the next page; left out on the last.</param>
internal sealed record BatchListAnswer(IReadOnlyList<BatchAnswer> Batches, string? NextCursor);

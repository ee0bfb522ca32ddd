using System.Globalization;
using Microsoft.AspNetCore.Http;
using Reel.Batches;
using Reel.Generations;
using Reel.Limits;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>POST /v2/batches: validates all of it, makes it durable, answers.</summary>
internal sealed class BatchSubmitEndpoint(
    BatchIntake intake, BatchStore batches, BatchRecords records, IdempotencyKeys idempotency, CallerLimits limits, Links links, WebhookIntake webhooks, TimeProvider time)
{
    public static Task<IResult> SubmitAsync(HttpContext context, BatchSubmitEndpoint endpoint) => endpoint.HandleAsync(context);

    private async Task<IResult> HandleAsync(HttpContext context)
    {
        var content = await intake.ReadAsync(context.Request);
        var acceptedAt = time.GetUtcNow();
        var caller = context.Caller();
        var reservation = new Reservation(BatchIds.New(acceptedAt));
        if (content.IdempotencyKey is { } key)
        {
            using var limit = new StorageLimit(context, time);
            reservation = await idempotency.ReserveForBatchAsync(
                caller.Id, key, Fingerprint(content), reservation.RequestId, id => FindAsync(caller.Id, id, limit.Token), limit.Token);
            if (reservation.IsConflict)
                return new ApiError("This idempotency key was used for a batch with other contents", "idempotency_key_reused").As(422);
        }

        if (!reservation.IsStarted && await limits.AdmitAsync(caller.Id, Admissions(caller.Id, reservation.RequestId, content), context.RequestAborted) is { } refusal)
            return LimitAnswers.Answer(context, refusal, time);

        var baseUrl = links.BaseUrl(context.Request);
        var webhookUrl = webhooks.EndpointOf(caller.Id, content.WebhookUrl);
        var batch = new BatchRequest(
            reservation.RequestId,
            caller.Id,
            content.Requests.Count,
            content.Lanes,
            acceptedAt,
            baseUrl,
            webhookUrl,
            webhookUrl is null ? null : webhooks.Schedule,
            content.Metadata,
            content.WebhookEvents,
            webhookUrl is null ? null : webhooks.OwnSecret(caller.Id));
        if (!reservation.IsStarted) await StartAsync(batch, content.Requests, context);

        if (reservation.IsStarted) context.Response.Headers["Idempotent-Replayed"] = "true";
        return TypedResults.Json(BatchAnswer.Accepted(baseUrl, batch), ApiJson.Types.BatchAnswer);
    }

    private async Task StartAsync(BatchRequest batch, IReadOnlyList<RequestContent> contents, HttpContext context)
    {
        using (var limit = new StorageLimit(context, time)) await records.WriteAsync(batch.CallerId, batch.BatchId, contents, limit.Token);

        // Not within that limit: a start that was sent may come true, and whoever was told to try again would have two batches.
        await batches.StartAsync(batch, context.RequestAborted);
    }

    private async Task<KeyHolder?> FindAsync(string callerId, string batchId, CancellationToken cancellationToken) =>
        await batches.FindAsync(callerId, batchId, cancellationToken) is { } found ? new KeyHolder(found.State.IsFinal) : null;

    // Its requests are begun by and by, and count from now on.
    private static List<Admission> Admissions(string callerId, string batchId, BatchContent content) =>
        [.. content.Requests.Select((request, index) => new Admission(BatchIds.Request(batchId, index), request.Model, BatchIds.Instance(callerId, batchId)))];

    private static string Fingerprint(BatchContent content) => IdempotencyKeys.Fingerprint(
    [
        content.WebhookUrl,
        content.Metadata,
        content.Concurrency?.ToString(CultureInfo.InvariantCulture),
        .. RequestContent.PartsOf(content.WebhookEvents),
        .. content.Requests.SelectMany(request => request.Parts()),
    ]);
}

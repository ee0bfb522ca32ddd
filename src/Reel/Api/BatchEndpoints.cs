using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Reel.Batches;

namespace Reel.Api;

/// <summary>GET /v2/batches, GET /v2/batches/{id}, its requests; and its cancelling.</summary>
internal static class BatchEndpoints
{
    public static async Task<IResult> ListAsync(HttpContext context, BatchStore batches, Links links)
    {
        var caller = context.Caller().Id;
        var query = new QueryParameters(context.Request.Query);
        var limit = query.ReadLimit();
        var token = query.Read("cursor", text => Cursor.Decode(caller, text), Cursor.Rule);
        if (query.Errors.Count > 0) return query.Refusal();

        try
        {
            (var page, var next) = await batches.ListAsync(caller, limit, token, context.RequestAborted);
            var baseUrl = links.BaseUrl(context.Request);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Json(
                new BatchListAnswer([.. page.Select(batch => BatchAnswer.Of(baseUrl, batch))], next is null ? null : Cursor.Encode(caller, next)),
                ApiJson.Types.BatchListAnswer);
        }
        catch (ArgumentException) when (token is not null)
        {
            query.Errors.TryAdd("cursor", Cursor.Rule);
            return query.Refusal();
        }
    }

    public static async Task<IResult> GetAsync(string id, HttpContext context, BatchStore batches, Links links) =>
        await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is { } batch ? Answer(context, links, batch, 200) : Unknown(id);

    public static async Task<IResult> CancelAsync(string id, HttpContext context, BatchStore batches, Links links) =>
        await batches.CancelAsync(context.Caller().Id, id, context.RequestAborted) is { } batch
            ? Answer(context, links, batch, batch.State.IsFinal ? 200 : 202)
            : Unknown(id);

    public static async Task<IResult> ListRequestsAsync(string id, HttpContext context, BatchStore batches, Links links)
    {
        var query = new QueryParameters(context.Request.Query);
        var status = query.ReadStatus();
        var limit = query.ReadLimit();
        var next = query.Read(
            "cursor",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < BatchIds.MostRequests ? index : (int?)null,
            Cursor.Rule) ?? 0;
        if (query.Errors.Count > 0) return query.Refusal();
        if (await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { } batch) return Unknown(id);

        var baseUrl = links.BaseUrl(context.Request);
        List<RequestAnswer> found = [];
        while (next < batch.Request.Count && found.Count < limit)
        {
            var block = next / BatchIds.BlockSize;
            var wanted = (await batches.ReadBlockAsync(batch, block, context.RequestAborted))
                .Select(generation => RequestAnswer.OfState(baseUrl, generation))
                .Where(answer => answer.BatchIndex >= next && (status is null || answer.Status == status))
                .Take(limit - found.Count)
                .ToList();
            found.AddRange(wanted);
            next = found.Count == limit ? wanted[^1].BatchIndex!.Value + 1 : (block + 1) * BatchIds.BlockSize;
        }

        context.Response.Headers.CacheControl = "no-store";
        var cursor = next < batch.Request.Count ? next.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Json(new ListAnswer(found, cursor), ApiJson.Types.ListAnswer);
    }

    private static JsonHttpResult<BatchAnswer> Answer(HttpContext context, Links links, Batch batch, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(BatchAnswer.Of(links.BaseUrl(context.Request), batch), ApiJson.Types.BatchAnswer, statusCode: status);
    }

    public static IResult Unknown(string id) => new ApiError($"Batch {id} not found", "not_found").As(404);
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Reel.Batches;
using Reel.Generations;

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

    public static async Task<IResult> GetAsync(string id, HttpContext context, BatchStore batches, Links links, TimeProvider time) =>
        await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is { } batch ? Answer(context, links, batch, 200, time) : Unknown(id);

    public static async Task<IResult> CancelAsync(string id, HttpContext context, BatchStore batches, Links links, TimeProvider time) =>
        await batches.CancelAsync(context.Caller().Id, id, context.RequestAborted) is { } batch
            ? Answer(context, links, batch, batch.State.IsFinal ? 200 : 202, time)
            : Unknown(id);

    public static async Task<IResult> ListRequestsAsync(string id, HttpContext context, BatchStore batches, BatchItems items, Links links, TimeProvider time)
    {
        var query = new QueryParameters(context.Request.Query);
        GenerationStatus? status = query.ReadStatus() is { } wanted ? Enum.Parse<GenerationStatus>(wanted, ignoreCase: true) : null;
        var limit = query.ReadLimit();
        var first = query.Read(
            "cursor",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < BatchIds.MostRequests ? index : (int?)null,
            Cursor.Rule) ?? 0;
        if (query.Errors.Count > 0) return query.Refusal();
        if (await batches.FindAsync(context.Caller().Id, id, context.RequestAborted) is not { } batch) return Unknown(id);

        var (page, next) = await items.ListAsync(batch, status, first, limit, context.RequestAborted);
        var (baseUrl, now) = (links.BaseUrl(context.Request), time.GetUtcNow());
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new ListAnswer([.. page.Select(generation => RequestAnswer.OfListed(baseUrl, generation, now))], next?.ToString(CultureInfo.InvariantCulture)),
            ApiJson.Types.ListAnswer);
    }

    private static JsonHttpResult<BatchAnswer> Answer(HttpContext context, Links links, Batch batch, int status, TimeProvider time)
    {
        if (!batch.State.IsFinal) context.Response.Headers.RetryAfter = AnswerHeaders.Seconds(batch.AskAgainAfter(time.GetUtcNow()));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(BatchAnswer.Of(links.BaseUrl(context.Request), batch), ApiJson.Types.BatchAnswer, statusCode: status);
    }

    public static IResult Unknown(string id) => new ApiError($"Batch {id} not found", "not_found").As(404);
}

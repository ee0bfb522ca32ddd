using Microsoft.AspNetCore.Http;
using Reel.Generations;

namespace Reel.Api;

/// <summary>GET /v2/requests: the caller's own, newest first.</summary>
internal static class ListEndpoint
{
    public static async Task<IResult> ListAsync(HttpContext context, GenerationStore generations, Links links, TimeProvider time)
    {
        var caller = context.Caller().Id;
        var query = new QueryParameters(context.Request.Query);
        var wanted = new GenerationQuery(
            query.ReadStatus() is { } status ? Enum.Parse<GenerationStatus>(status, ignoreCase: true) : null,
            query.Read("model", text => text, "must be a slug"),
            query.ReadTime("since"),
            query.ReadTime("until"));
        var limit = query.ReadLimit();
        var token = query.Read("cursor", text => Cursor.Decode(caller, text), Cursor.Rule);
        if (query.Errors.Count > 0) return query.Refusal();

        try
        {
            (var page, var next) = await generations.ListAsync(caller, wanted, limit, token, context.RequestAborted);
            var (baseUrl, now) = (links.BaseUrl(context.Request), time.GetUtcNow());
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Json(
                new ListAnswer([.. page.Select(generation => RequestAnswer.OfListed(baseUrl, generation, now))], next is null ? null : Cursor.Encode(caller, next)),
                ApiJson.Types.ListAnswer);
        }
        catch (ArgumentException) when (token is not null)
        {
            query.Errors.TryAdd("cursor", Cursor.Rule);
            return query.Refusal();
        }
    }
}

/// <summary>A page of requests.</summary>
/// <param name="NextCursor">
/// For the next page; left out on the last. A page may hold fewer than the limit and still not be the last, when much did not fit.
/// </param>
internal sealed record ListAnswer(IReadOnlyList<RequestAnswer> Requests, string? NextCursor);

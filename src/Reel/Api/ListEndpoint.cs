using Microsoft.AspNetCore.Http;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>GET /v2/requests: the caller's own, newest first.</summary>
internal static class ListEndpoint
{
    // Pages in which nothing fits the filters are passed over, but not for ever.
    private const int MaxPages = 20;

    public static async Task<IResult> ListAsync(HttpContext context, GenerationStore generations, Links links)
    {
        var caller = context.Caller().Id;
        var query = new QueryParameters(context.Request.Query);
        var status = query.ReadStatus();
        var model = query.Read("model", text => text, "must be a slug");
        var since = query.ReadTime("since");
        var until = query.ReadTime("until");
        var limit = query.ReadLimit();
        var token = query.Read("cursor", text => Cursor.Decode(caller, text), Cursor.Rule);
        if (query.Errors.Count > 0) return query.Refusal();

        var baseUrl = links.BaseUrl(context.Request);
        List<RequestAnswer> found = [];
        var pages = 0;
        try
        {
            for (; pages < MaxPages; pages++)
            {
                (var page, token) = await generations.ListAsync(caller, since, until, limit, token, context.RequestAborted);
                found.AddRange(page
                    .Where(generation => (status is null || RequestAnswer.StatusOf(generation.State) == status) && (model is null || generation.Request.Model == model))
                    .Select(generation => RequestAnswer.OfState(baseUrl, generation)));
                if (found.Count > 0 || token is null) break;
            }
        }
        catch (ArgumentException) when (pages == 0 && token is not null)
        {
            query.Errors.TryAdd("cursor", Cursor.Rule);
            return query.Refusal();
        }
        catch (ArgumentException exception) when (pages > 0)
        {
            // This token came from the engine a moment ago: the trouble is the engine's.
            throw new OrchestrationUnavailableException("The durable engine did not go on with its own list.", exception);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new ListAnswer(found, token is null ? null : Cursor.Encode(caller, token)), ApiJson.Types.ListAnswer);
    }
}

/// <summary>A page of requests.</summary>
/// <param name="NextCursor">For the next page; left out on the last. A page may hold fewer than the limit and still not be the last.</param>
internal sealed record ListAnswer(IReadOnlyList<RequestAnswer> Requests, string? NextCursor);

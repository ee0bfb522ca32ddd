using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>GET /v2/webhooks/endpoints: the caller's receivers that are in trouble; and their resuming.</summary>
internal static class WebhookEndpointEndpoints
{
    public static async Task<IResult> ListAsync(HttpContext context, WebhookEndpoints endpoints)
    {
        var caller = context.Caller().Id;
        var query = new QueryParameters(context.Request.Query);
        var limit = query.ReadLimit();
        var after = query.Read("cursor", text => Cursor.Decode(caller, text), Cursor.Rule);
        if (query.Errors.Count > 0) return query.Refusal();

        var (page, next) = await endpoints.ListAsync(caller, limit, after, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new EndpointListAnswer([.. page.Select(EndpointAnswer.Of)], next is null ? null : Cursor.Encode(caller, next)), ApiJson.Types.EndpointListAnswer);
    }

    public static async Task<IResult> ResumeAsync(HttpContext context, WebhookEndpoints endpoints)
    {
        var fields = new BodyFields(await RequestBody.ReadObjectAsync(context.Request), "url", "redeliver");
        var (text, redeliver) = (fields.ReadText("url"), fields.ReadFlag("redeliver"));
        if (text is null) fields.Fault("url", "is required");
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || !parsed.Scheme.StartsWith("http", StringComparison.Ordinal))
            fields.Fault("url", "must be an absolute URL");
        fields.ThrowIfWrong();

        var endpoint = WebhookEndpoint.Of(context.Caller().Id, new Uri(text!).AbsoluteUri);
        if (await endpoints.FindAsync(endpoint, context.RequestAborted) is not { } stand)
            return new ApiError("No endpoint of this URL has failed or missed anything", "not_found").As(404);

        await endpoints.ResumeAsync(endpoint, redeliver && stand.Missed > 0, context.RequestAborted);
        var answer = EndpointAnswer.Of(stand with { Health = null }) with { Resending = redeliver && stand.Missed > 0 };
        return TypedResults.Json(answer, ApiJson.Types.EndpointAnswer, statusCode: 202);
    }
}

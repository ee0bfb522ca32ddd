using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Reel.Webhooks;

namespace Reel.Api;

/// <summary>What a caller's webhooks can be verified with, as far as that is no secret.</summary>
/// <param name="PublicKeys"><c>whpk_</c> keys, for signatures that begin with <c>v1a,</c>; empty where there is no Ed25519 key.</param>
internal sealed record WebhookKeysAnswer(IReadOnlyList<string> PublicKeys);

/// <summary>GET /v2/webhooks/keys.</summary>
internal static class WebhookKeysEndpoint
{
    public static JsonHttpResult<WebhookKeysAnswer> Read(HttpContext context, WebhookIntake webhooks) =>
        TypedResults.Json(new WebhookKeysAnswer(webhooks.PublicKeysOf(context.Caller().Id)), ApiJson.Types.WebhookKeysAnswer);
}

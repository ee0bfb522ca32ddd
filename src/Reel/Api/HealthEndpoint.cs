using Microsoft.AspNetCore.Http;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>GET /healthz: whether requests can be taken. Blob storage is not asked: what was accepted waits for it.</summary>
internal static class HealthEndpoint
{
    public static async Task<IResult> CheckAsync(IOrchestrationClient client, HttpContext context)
    {
        try
        {
            await client.ListAsync(new OrchestrationQuery("~", PageSize: 1), context.RequestAborted);
            return TypedResults.Json(new HealthAnswer("ok"), ApiJson.Types.HealthAnswer);
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Json(new HealthAnswer("unavailable"), ApiJson.Types.HealthAnswer, statusCode: 503);
        }
    }
}

/// <summary>The answer of /healthz.</summary>
/// <param name="Status">ok or unavailable.</param>
internal sealed record HealthAnswer(string Status);

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>GET /healthz: whether the durable engine answers. Blob storage is not asked: what was accepted waits for it.</summary>
internal static partial class HealthEndpoint
{
    public static async Task<IResult> CheckAsync(IOrchestrationClient client, ILoggerFactory loggers, HttpContext context)
    {
        try
        {
            await client.ListAsync(new OrchestrationQuery(InstanceIds.DeliveryPrefix, PageSize: 1), context.RequestAborted);
            return TypedResults.Json(new HealthAnswer("ok"), ApiJson.Types.HealthAnswer);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogUnavailable(loggers.CreateLogger("Reel.Api.Health"), exception);
            return TypedResults.Json(new HealthAnswer("unavailable"), ApiJson.Types.HealthAnswer, statusCode: 503);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The durable engine does not answer.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);
}

/// <summary>The answer of /healthz.</summary>
/// <param name="Status">ok or unavailable.</param>
internal sealed record HealthAnswer(string Status);

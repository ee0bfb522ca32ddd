using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reel.Api.Description;
using Reel.Page;

namespace Reel.Api;

/// <summary>The API as a pipeline: the same on Kestrel and behind the Functions host.</summary>
public static class ReelApi
{
    private static readonly string[] Get = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The whole pipeline, routing included.</summary>
    public static IApplicationBuilder UseReelApi(this IApplicationBuilder app) => app
        .UseMiddleware<AnswerHeaders>()
        .UseMiddleware<ErrorResponses>()
        .UseRouting()
        .UseCrossOrigin()
        .UseMiddleware<CallerAccess>()
        .UseEndpoints(routes => routes.MapReel());

    /// <summary>The routes.</summary>
    public static IEndpointRouteBuilder MapReel(this IEndpointRouteBuilder routes)
    {
        // In the order in which they are described.
        routes.MapPost("/v2/{model}", SubmitEndpoint.SubmitAsync);
        routes.MapPost("/v1/{model}", SyncEndpoint.RunAsync);
        routes.MapMethods("/v2/requests", Get, ListEndpoint.ListAsync);
        routes.MapMethods("/v2/requests/{id}", Get, RequestEndpoints.ResultAsync);
        routes.MapMethods("/v1/requests/{id}", Get, RequestEndpoints.ResultAsync);
        routes.MapDelete("/v2/requests/{id}", RequestEndpoints.DeleteAsync);
        routes.MapMethods("/v2/requests/{id}/status", Get, RequestEndpoints.StatusAsync);
        routes.MapGet("/v2/requests/{id}/events", EventsEndpoint.StreamAsync);
        routes.MapMethods("/v2/requests/{id}/video", Get, RequestEndpoints.VideoAsync);
        routes.MapPost("/v2/requests/{id}/cancel", RequestEndpoints.CancelAsync);
        routes.MapPost("/v2/requests/{id}/resubmit", ResubmitEndpoint.ResubmitAsync);
        routes.MapMethods("/v2/requests/{id}/deliveries", Get, DeliveryEndpoints.OfRequestAsync);
        routes.MapPost("/v2/requests/{id}/deliveries/redeliver", DeliveryEndpoints.RedeliverRequestAsync);
        routes.MapPost("/v2/batches", BatchSubmitEndpoint.SubmitAsync);
        routes.MapMethods("/v2/batches", Get, BatchEndpoints.ListAsync);
        routes.MapMethods("/v2/batches/{id}", Get, BatchEndpoints.GetAsync);
        routes.MapMethods("/v2/batches/{id}/requests", Get, BatchEndpoints.ListRequestsAsync);
        routes.MapPost("/v2/batches/{id}/cancel", BatchEndpoints.CancelAsync);
        routes.MapMethods("/v2/batches/{id}/deliveries", Get, DeliveryEndpoints.OfBatchAsync);
        routes.MapPost("/v2/batches/{id}/deliveries/redeliver", DeliveryEndpoints.RedeliverBatchAsync);
        routes.MapMethods("/v2/webhooks/endpoints", Get, WebhookEndpointEndpoints.ListAsync);
        routes.MapPost("/v2/webhooks/endpoints/resume", WebhookEndpointEndpoints.ResumeAsync);
        routes.MapMethods("/v2/webhooks/keys", Get, WebhookKeysEndpoint.Read);
        routes.MapMethods("/v2/usage", Get, UsageEndpoint.ReadAsync);
        routes.MapMethods("/v2/models", Get, ModelEndpoints.List);
        routes.MapMethods("/v2/models/{model}", Get, ModelEndpoints.Describe);
        routes.MapMethods("/healthz", Get, HealthEndpoint.CheckAsync).AllowAnonymous();

        var description = new ApiDescription(routes.DataSources);
        routes.MapMethods("/openapi.json", Get, description.Document).AllowAnonymous();
        routes.MapMethods("/docs", Get, description.Page).AllowAnonymous();
        routes.MapMethods("/", Get, PageEndpoints.Start).AllowAnonymous();
        routes.MapMethods("/page/{version}/{file}", Get, PageEndpoints.Part).AllowAnonymous();
        return routes;
    }
}

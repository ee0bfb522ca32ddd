using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Reel.Api;
using Reel.Functions.Durable;

namespace Reel.Functions.Api;

/// <summary>The API's pipeline inside a function: built once, and run over the HTTP context that the worker hands in.</summary>
public sealed class ApiPipeline
{
    private static readonly TimeSpan MostDrain = TimeSpan.FromSeconds(60);

    private readonly RequestDelegate pipeline;
    private readonly IServiceScopeFactory scopes;

    /// <summary>Builds the pipeline over the root services.</summary>
    public ApiPipeline(IServiceProvider services, IServiceScopeFactory scopes)
    {
        this.scopes = scopes;
        pipeline = new ApplicationBuilder(services).UseReelApi().Build();
    }

    /// <summary>Answers one request. Returns once the answer is written and the request's body is read to its end.</summary>
    /// <param name="client">From the function's binding.</param>
    public async Task RunAsync(HttpContext context, DurableTaskClient client)
    {
        // What the worker's own routing set would make ours pass the request on to this function again.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();

        // The function's own scope ends in a race with the response; this one ends with it.
        context.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(context, scopes));
        context.RequestServices.GetRequiredService<BoundDurableClient>().Client = client;

        // The invocation's: of all there are, the worker hands on this one's tags, and its own source alone goes to Application Insights. The
        // server's is there without telemetry too; its async locals do not cross into the function.
        Activity.Current ??= context.Features.Get<IHttpActivityFeature>()?.Activity;
        var activity = Activity.Current;

        await pipeline(context);
        Describe(context, activity);
        await DrainAsync(context);
    }

    // Every invocation bears the one function's name in telemetry, and an error that was answered counts as a success there. Tags that are no text
    // are left behind.
    private static void Describe(HttpContext context, Activity? activity)
    {
        if (activity is null) return;
        activity.SetTag("http.route", (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        activity.SetTag("http.response.status_code", context.Response.StatusCode.ToString(CultureInfo.InvariantCulture));
        if (context.Response.StatusCode >= 500) activity.SetStatus(ActivityStatusCode.Error);
    }

    // A slow upload that was refused early would end in the host's own 500 if its rest were left lying.
    private static async Task DrainAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(MostDrain);
        try
        {
            await context.Request.Body.DrainAsync(patience.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The caller has gone, does not go on, or sends more than the worker takes: the answer is written, and nobody needs the rest.
        }
    }
}

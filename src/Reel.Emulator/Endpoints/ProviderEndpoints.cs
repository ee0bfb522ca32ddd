using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reel.Emulator.Endpoints;

/// <summary>The provider's surface. Everything outside /emulator is taken for it, noted, and answered in its manner.</summary>
internal static partial class ProviderEndpoints
{
    private const string Served = "v1, v2 and files";

    public static IEndpointRouteBuilder MapProvider(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v2/{slug}", On("slug", SubmitEndpoints.SubmitAsync));
        routes.MapGet("/v2/requests/{id}/status", On("id", RequestEndpoints.StatusAsync));
        routes.MapGet("/v2/requests/{id}", On("id", RequestEndpoints.ResultAsync));
        routes.MapGet("/v1/requests/{id}", On("id", RequestEndpoints.ResultAsync));
        routes.MapPost("/v1/{slug}", On("slug", SubmitEndpoints.RunAsync));
        routes.MapMethods("/files/{name}", [HttpMethods.Get, HttpMethods.Head], On("name", FileEndpoint.DownloadAsync));
        return routes;
    }

    /// <summary>Opens an exchange for each request, and says what routing and reading of bodies leave unsaid.</summary>
    public static void UseProvider(this IApplicationBuilder app, Provider provider) => app.Use(async (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/emulator"))
        {
            await next(context);
            return;
        }

        using var exchange = new Exchange(context, provider);
        context.Features.Set(exchange);
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response is { StatusCode: 405, ContentLength: null })
                await exchange.WriteAsync(new Answer(405, Encoding.UTF8.GetBytes(HtmlPages.MethodNotAllowed), "text/html; charset=utf-8"));
            else if (!context.Response.HasStarted && context.GetEndpoint() is null)
                await exchange.WriteAsync(Answer.Error(404, $"Not found. Here are {Served}"));
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await exchange.WriteAsync(Answer.Error(exception.StatusCode, exception.Message));
        }
        catch (IOException exception) when (!context.Response.HasStarted && !exchange.Ended.IsCancellationRequested)
        {
            LogNotKept(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Reel.Emulator"), exception.Message);
            await exchange.WriteAsync(Answer.Error(500, "The emulator's disk is full or cannot be written to; nothing was accepted"));
        }
        catch (Exception) when (exchange.Ended.IsCancellationRequested)
        {
            // The caller left, or the emulator stops: nobody to answer.
            context.Abort();
        }
        finally
        {
            if (!context.Response.HasStarted && exchange.Ended.IsCancellationRequested) exchange.Note(null);
        }
    });

    [LoggerMessage(LogLevel.Warning, "The journal cannot be written to: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);

    private static RequestDelegate On(string parameter, Func<Exchange, string, Task> handle) => context =>
        handle(context.Features.GetRequiredFeature<Exchange>(), (string)context.GetRouteValue(parameter)!);
}

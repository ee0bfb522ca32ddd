using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>Turns whatever went wrong into the error body that callers know, with nothing of the inside in it.</summary>
internal sealed partial class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> logger)
{
    // Seconds: what does not answer has been tried again for a while already.
    private const string RetryAfter = "5";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            var (status, error) = Describe(exception, HttpMethods.IsPost(context.Request.Method));
            if (status >= 500) LogFailed(logger, context.Request.Method, context.Request.Path, AnswerHeaders.CallId(context), exception);
            if (status == 503) context.Response.Headers.RetryAfter = RetryAfter;
            error = error with { RequestId = context.Features.Get<AnswerSubject>()?.RequestId };
            await error.As(status).ExecuteAsync(context);
            return;
        }

        // Routing answers an unknown path or verb with a bare status.
        if (context.Response is { HasStarted: false, StatusCode: 404 or 405 } response)
        {
            var error = response.StatusCode == 405
                ? new ApiError($"Method {context.Request.Method} is not allowed here", "method_not_allowed")
                : new ApiError("Not found", "not_found");
            await error.As(response.StatusCode).ExecuteAsync(context);
        }
    }

    private static (int Status, ApiError Error) Describe(Exception exception, bool isPost) => exception switch
    {
        ApiException known => (known.Status, known.Error),
        BadHttpRequestException bad => (bad.StatusCode, new ApiError("Malformed request", "invalid_request")),
        OrchestrationUnavailableException unavailable => (503, new ApiError(Describe(unavailable, isPost), "unavailable")),
        // After its retries the storage client throws an aggregate; a call that was given up for being too slow was cancelled.
        Azure.RequestFailedException or AggregateException or OperationCanceledException or Azure.Identity.AuthenticationFailedException =>
            (503, new ApiError("Blob storage does not answer at the moment. Try again", "storage_unavailable")),
        _ => (500, new ApiError("Internal error", "internal")),
    };

    // A caller who is told wrongly that nothing was started pays twice.
    private static string Describe(OrchestrationUnavailableException unavailable, bool isPost) => (isPost, unavailable.MayHaveHappened) switch
    {
        (false, _) => "The durable engine does not answer at the moment. Try again",
        (true, true) => "The durable engine did not answer: it is not known whether this was done. Repeat it with the same idempotency key; without one, look at the list of requests first",
        (true, false) => "The durable store does not accept writes at the moment. Nothing was done",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed. It was call {CallId}.")]
    private static partial void LogFailed(ILogger logger, string method, string path, string callId, Exception exception);
}

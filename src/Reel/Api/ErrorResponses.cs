using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reel.Limits;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>Turns whatever went wrong into the error body that callers know, with nothing of the inside in it.</summary>
internal sealed partial class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> logger)
{
    // Most of what is away for a moment is back by then.
    private const string RetryAfterSeconds = "10";

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
            var isPost = HttpMethods.IsPost(context.Request.Method);
            var (status, error) = Describe(exception, isPost);
            if (status == 503 && MayBeRepeated(exception, isPost)) context.Response.Headers.RetryAfter = RetryAfterSeconds;
            // The engine has said it once and in full; on a full disk it would be said for every request.
            if (exception is OrchestrationUnavailableException or LimitsUnavailableException) LogUnavailable(logger, context.Request.Method, context.Request.Path, AnswerHeaders.CallId(context), exception.Message);
            else if (status >= 500) LogFailed(logger, context.Request.Method, context.Request.Path, AnswerHeaders.CallId(context), exception);
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
        BadHttpRequestException { StatusCode: 408 } => (408, new ApiError("The body did not come in time", "request_timeout")),
        BadHttpRequestException bad => (bad.StatusCode, new ApiError("Malformed request", "invalid_request")),
        LimitsUnavailableException => (503, new ApiError("The limits of this key could not be looked up in time. Nothing was started. Try again", "unavailable")),
        OrchestrationUnavailableException unavailable => (503, new ApiError(Describe(unavailable, isPost), "unavailable")),
        Azure.RequestFailedException { Status: >= 500 and var answered } => (503, new ApiError(
            isPost ? $"Blob storage refuses to write: it answers {answered}. On a desk its disk may be full. Try again" : $"Blob storage is in trouble: it answers {answered}. Try again",
            "storage_unavailable")),
        // What Azurite does when its disk takes no more.
        AggregateException { InnerExceptions: [.., { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } }] } =>
            (503, new ApiError("Blob storage takes calls and breaks them off without an answer. On a desk its disk may be full. Try again", "storage_unavailable")),
        // After its retries the storage client throws an aggregate; a call that was given up for being too slow was cancelled.
        Azure.RequestFailedException or AggregateException or OperationCanceledException or Azure.Identity.AuthenticationFailedException =>
            (503, new ApiError("Blob storage does not answer at the moment. Try again", "storage_unavailable")),
        _ => (500, new ApiError("Internal error", "internal")),
    };

    // Some clients repeat by themselves what they are told to repeat: not a submit that may have been accepted, nor what waiting does not mend.
    private static bool MayBeRepeated(Exception exception, bool isPost) =>
        exception is not OrchestrationUnavailableException unavailable || (unavailable.MayPass && !(isPost && unavailable.MayHaveHappened));

    // A caller who is told wrongly that nothing was started pays twice.
    private static string Describe(OrchestrationUnavailableException unavailable, bool isPost) => (isPost, unavailable.MayHaveHappened) switch
    {
        (false, _) => $"The durable engine does not answer at the moment{Because(unavailable)}. {Advice(unavailable)}",
        (true, true) => "The durable engine did not answer: it is not known whether this was done. Repeat it with the same idempotency key; without one, look at the list of requests first",
        (true, false) => $"The durable store does not accept writes at the moment{Because(unavailable)}. Nothing was done. {Advice(unavailable)}",
    };

    private static string Because(OrchestrationUnavailableException unavailable) => unavailable.Cause is { } cause ? $": {cause}" : "";

    private static string Advice(OrchestrationUnavailableException unavailable) =>
        unavailable.MayPass ? "Try again" : "Trying again does not help: it has to be mended";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}, {Method} {Path}, was answered with 503: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string method, string path, string callId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}, {Method} {Path}, failed.")]
    private static partial void LogFailed(ILogger logger, string method, string path, string callId, Exception exception);
}

using Microsoft.Extensions.Logging;
using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Generations;

/// <content>What the phases are made of: calls that turn a thrown activity into an outcome, waits, and the state that callers see.</content>
public sealed partial class GenerationOrchestrator
{
    // The reasons go to the log: callers read these words, and what is inside is not for them.
    private const string StorageTrouble = "Blob storage could not be used.";

    private static readonly RetryPolicy UntilItIsStarted = new(100, TimeSpan.FromSeconds(2), MaxInterval: TimeSpan.FromMinutes(5));

    private async Task<CheckOutcome> CallCheckAsync(CheckInput input)
    {
        try
        {
            return await context.CallAsync(Activities.Check, input);
        }
        catch (TaskFailedException exception)
        {
            LogActivityFailed(log, request.RequestId, exception.TaskName, exception.Reason);
            return new CheckOutcome(CheckKind.Unreachable, "The provider could not be asked.");
        }
    }

    private async Task<SaveVideoOutcome> CallSaveAsync(SaveVideoInput input)
    {
        try
        {
            return await context.CallAsync(Activities.SaveVideo, input);
        }
        catch (TaskFailedException exception)
        {
            LogActivityFailed(log, request.RequestId, exception.TaskName, exception.Reason);
            return new SaveVideoOutcome(Error: StorageTrouble);
        }
    }

    /// <summary>Waits; true when the request was cancelled before the time came. What is waited out is shown.</summary>
    private async Task<bool> IsCancelledBefore(DateTimeOffset time, Stage stage, string? trouble)
    {
        Show(state with { Stage = stage, Trouble = Shorten(trouble, 300), RetryAt = trouble is null ? null : time });

        using var stopTimer = new CancellationTokenSource();
        await Task.WhenAny(context.CreateTimer(time, stopTimer.Token), cancelled);
        if (!cancelled.IsCompleted) return false;

        // A timer left behind would keep the instance busy until it fires.
        stopTimer.Cancel();
        return true;
    }

    private CheckOutcome? Failed(string code, string? error, Charged charged)
    {
        Fail(code, error, charged);
        return null;
    }

    private bool Fail(string code, string? error, Charged charged)
    {
        Finish(state with
        {
            Status = GenerationStatus.Failed,
            ErrorCode = code,
            Error = Shorten(error, 1_000) ?? "The provider gave no reason.",
            Charged = charged,
        });
        return false;
    }

    private void Finish(GenerationState final)
    {
        Show(final with { Stage = Stage.Done, FinishedAt = context.UtcNow, Trouble = null, RetryAt = null, Plan = null });
        if (state.ErrorCode is { } code) LogFailed(log, request.RequestId, code, state.Charged!.Value);
        else LogCompleted(log, request.RequestId);
    }

    private void Show(GenerationState next)
    {
        if (state == next) return;
        var isReached = state.Status != next.Status;
        state = next;
        context.SetCustomStatus(state);
        if (isReached) Tell();
    }

    /// <summary>Has the webhook told of the status as it is now, beside the work and whatever becomes of the delivery; see <see cref="told"/>.</summary>
    private void Tell() => told.Add(TellAsync());

    private async Task TellAsync()
    {
        if (VideoEvent.Of(request, state, context.UtcNow) is not { } webhook) return;

        // Nothing that goes on waits for days until somebody hears of it: neither this request, nor the lane that waits for its end.
        var isLast = state.IsFinal && request.BatchId is null;
        var delivery = InstanceIds.OfDelivery(request.CallerId, request.RequestId, webhook.Type);
        try
        {
            if (isLast) await context.CallAsync(WebhookDelivery.Name, delivery, webhook);
            else await context.CallAsync(StartDeliveryActivity.Name, new StartDeliveryInput(delivery, webhook), UntilItIsStarted);
        }
        catch (TaskFailedException exception)
        {
            LogDeliveryFailed(log, request.RequestId, webhook.Type, exception.Reason);
            if (isLast) broken = (delivery, webhook);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static string? Shorten(string? text, int most) => text is { Length: var length } && length > most
        ? text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…"
        : text;

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId} submitted as {ProviderRequestId}.")]
    private static partial void LogSubmitted(ILogger logger, string requestId, string providerRequestId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId} rendered.")]
    private static partial void LogRendered(ILogger logger, string requestId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId} completed.")]
    private static partial void LogCompleted(ILogger logger, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} failed: {ErrorCode}; charged: {Charged}.")]
    private static partial void LogFailed(ILogger logger, string requestId, string errorCode, Charged charged);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId}: {Activity} failed, and is tried again: {Reason}")]
    private static partial void LogActivityFailed(ILogger logger, string requestId, string activity, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} met a defect.")]
    private static partial void LogDefect(ILogger logger, string requestId, Exception defect);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The webhook delivery of request {RequestId} broke off ({EventType}): {Reason}")]
    private static partial void LogDeliveryFailed(ILogger logger, string requestId, string eventType, string reason);
}

using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>The webhooks of a request: one for each status that it reaches, of those that its caller wants to hear of.</summary>
public static class VideoEvent
{
    /// <summary>The event for a status that was reached; null when nobody wants to hear of it.</summary>
    /// <param name="state">The state with which it was.</param>
    /// <param name="now">When it was, as far as request and state do not say it themselves.</param>
    public static WebhookEvent? Of(GenerationRequest request, GenerationState state, DateTimeOffset now)
    {
        var type = TypeOf(state.Status);
        if (request.WebhookUrl is null || !(request.WebhookEvents ?? WebhookTypes.OfVideoByDefault).Contains(type)) return null;

        var at = state.FinishedAt ?? (state.Status == GenerationStatus.Queued ? request.AcceptedAt : now);
        return new WebhookEvent(
            WebhookEvent.IdFor(request.RequestId, type),
            type,
            at,
            request.WebhookUrl,
            OrchestrationJson.Write(Subject(request, state, at)),
            request.WebhookSchedule,
            request.CallerId,
            request.WebhookOwnSecret);
    }

    private static string TypeOf(GenerationStatus status) => status switch
    {
        GenerationStatus.Queued => WebhookTypes.VideoQueued,
        GenerationStatus.Processing => WebhookTypes.VideoProcessing,
        GenerationStatus.Completed => WebhookTypes.VideoCompleted,
        _ => WebhookTypes.VideoFailed,
    };

    // What is told of it has no need of stays out, as the prompt, and what the event says itself: it is kept with each delivery and sent with each attempt.
    private static VideoEventSubject Subject(GenerationRequest request, GenerationState state, DateTimeOffset at) => new(
        request with { Parameters = "{}", WebhookUrl = null, WebhookSchedule = null }, state with { Plan = null }, state.IsFinal ? null : Progress.At(new Generation(request, state), at));
}

/// <summary>What a webhook tells of: a request as it stood when the event happened.</summary>
/// <param name="Progress">How far it was; null when it was final.</param>
public sealed record VideoEventSubject(GenerationRequest Request, GenerationState State, Progress? Progress = null);

using Reel.Orchestration;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>The webhooks of a request: video.completed and video.failed.</summary>
public static class VideoEvent
{
    /// <summary>The event for a final state.</summary>
    public static WebhookEvent Create(GenerationRequest request, GenerationState state)
    {
        var type = state.Status == GenerationStatus.Completed ? WebhookTypes.VideoCompleted : WebhookTypes.VideoFailed;

        // The prompt stays out: a webhook is small, and a history is replayed often.
        var subject = new Generation(request with { Parameters = "{}" }, state);
        return new WebhookEvent(
            WebhookEvent.IdFor(request.RequestId, type),
            type,
            state.FinishedAt!.Value,
            request.WebhookUrl!,
            OrchestrationJson.Write(subject),
            request.WebhookSchedule,
            request.CallerId);
    }
}

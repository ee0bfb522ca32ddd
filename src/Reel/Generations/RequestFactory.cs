using Microsoft.Extensions.Options;
using Reel.Webhooks;

namespace Reel.Generations;

/// <summary>What a caller asks for, validated.</summary>
/// <param name="Model">A slug of the catalogue.</param>
/// <param name="Parameters">The model's parameters as a JSON object, as they go to the provider.</param>
/// <param name="WebhookUrl">Where events go, as it was named; see <see cref="WebhookIntake.EndpointOf"/>.</param>
/// <param name="Metadata">The caller's own JSON object.</param>
/// <param name="WebhookEvents">See <see cref="GenerationRequest.WebhookEvents"/>.</param>
public sealed record RequestContent(
    string Model, string Parameters, string? WebhookUrl = null, string? Metadata = null, IReadOnlyList<string>? WebhookEvents = null)
{
    /// <summary>All that makes it the same as another; see <see cref="IdempotencyKeys.Fingerprint"/>.</summary>
    public IEnumerable<string?> Parts() => [Model, Parameters, WebhookUrl, Metadata, .. PartsOf(WebhookEvents)];

    /// <summary>Nothing where none are chosen, so that what was reserved before one could choose keeps its fingerprint.</summary>
    public static IEnumerable<string> PartsOf(IReadOnlyList<string>? webhookEvents) => webhookEvents is null ? [] : [string.Join(',', webhookEvents)];
}

/// <summary>Makes of what a caller asks for an orchestration's input, with all that settings have to say about it.</summary>
public sealed class RequestFactory(
    WebhookIntake webhooks, IOptions<RequestOptions> requestOptions, IOptions<PollingOptions> pollingOptions, RenderTimes renderTimes)
{
    /// <summary>A request accepted at the given time.</summary>
    /// <param name="baseUrl">See <see cref="GenerationRequest.BaseUrl"/>.</param>
    /// <param name="batchId">See <see cref="GenerationRequest.BatchId"/>.</param>
    public GenerationRequest Create(
        string requestId, string callerId, RequestContent content, DateTimeOffset acceptedAt, string baseUrl, string? batchId = null)
    {
        var polling = pollingOptions.Value;
        var webhookUrl = webhooks.EndpointOf(callerId, content.WebhookUrl);
        return new GenerationRequest(
            requestId,
            callerId,
            content.Model,
            content.Parameters,
            acceptedAt,
            acceptedAt + requestOptions.Value.Deadline,
            new PollSchedule(RenderKind.TypicalSecondsOf(content.Model), polling.Least.TotalSeconds, polling.Most.TotalSeconds),
            baseUrl,
            webhookUrl,
            webhookUrl is null ? null : webhooks.Schedule,
            content.Metadata,
            Steps: GenerationRequest.StepsNow,
            ExpectedSeconds: renderTimes.Expect(content.Model, content.Parameters),
            BatchId: batchId,
            WebhookEvents: content.WebhookEvents,
            WebhookOwnSecret: webhookUrl is null ? null : webhooks.OwnSecret(callerId));
    }
}

namespace Reel.Generations;

/// <summary>An accepted request: the orchestration's input. All that decides its course is in here, so that a replay never depends on settings.</summary>
/// <param name="RequestId">See <see cref="Generations.RequestId"/>.</param>
/// <param name="CallerId">The API key's id.</param>
/// <param name="Model">A slug of the catalogue.</param>
/// <param name="Parameters">The model's parameters as a JSON object, validated, as they go to the provider.</param>
/// <param name="AcceptedAt">When the caller was told yes.</param>
/// <param name="Deadline">When waiting for the provider ends; what is paid for by then gets at least twice its typical time, and saving takes what it takes.</param>
/// <param name="Polling">When to ask the provider where the submit has made no plan; see <see cref="PollPlan"/>.</param>
/// <param name="BaseUrl">Where the caller reaches this API, for links in webhooks; no slash at the end.</param>
/// <param name="WebhookUrl">Where events go; null for nowhere.</param>
/// <param name="WebhookSchedule">The wait before each attempt to deliver a webhook, as it was set at acceptance.</param>
/// <param name="Metadata">The caller's own JSON object, returned in answers and webhooks.</param>
/// <param name="ResubmissionOf">The request whose unknown outcome was accepted as a risk by starting this one; null for all others.</param>
/// <param name="Steps">
/// Which steps its orchestrator takes, so that requests under way keep theirs when the code changes. 0: a submit whose outcome is open is given up
/// without a word; 1: it is withdrawn first; 2: it tells of <paramref name="WebhookEvents"/>, of which older code
/// knows nothing; <see cref="StepsNow"/>: it asks by the submit's <see cref="PollPlan"/>.
/// </param>
/// <param name="ExpectedSeconds">How long half of such renders took at most, by what was known at acceptance; null when too few were seen. For estimates; see <see cref="Progress"/>.</param>
/// <param name="BatchId">The batch that it is part of; null for none.</param>
/// <param name="WebhookEvents">Which of <see cref="Webhooks.WebhookTypes.OfVideo"/> are told; null for <see cref="Webhooks.WebhookTypes.OfVideoByDefault"/>.</param>
/// <param name="WebhookOwnSecret">True: the caller's own secret signs, and no other; see <see cref="Webhooks.WebhookEvent"/>.</param>
public sealed record GenerationRequest(
    string RequestId,
    string CallerId,
    string Model,
    string Parameters,
    DateTimeOffset AcceptedAt,
    DateTimeOffset Deadline,
    PollSchedule Polling,
    string BaseUrl,
    string? WebhookUrl = null,
    IReadOnlyList<TimeSpan>? WebhookSchedule = null,
    string? Metadata = null,
    string? ResubmissionOf = null,
    int Steps = 0,
    double? ExpectedSeconds = null,
    string? BatchId = null,
    IReadOnlyList<string>? WebhookEvents = null,
    bool? WebhookOwnSecret = null)
{
    /// <summary>The steps of requests that are accepted now. Whoever raises it raises <c>defaultVersion</c> in host.json too.</summary>
    public const int StepsNow = 3;

    /// <summary>When callers were told yes: of a batch's request, with its batch; <see cref="AcceptedAt"/> is then when it was begun.</summary>
    public DateTimeOffset ToldAt() => BatchId is null ? AcceptedAt : Generations.RequestId.AcceptedAt(RequestId);
}

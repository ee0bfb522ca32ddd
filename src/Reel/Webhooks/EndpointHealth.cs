namespace Reel.Webhooks;

/// <summary>An endpoint that fails: a record of it is there from its first failure until its next success, or until it is resumed.</summary>
/// <param name="Url">Without its query.</param>
/// <param name="FailingSince">The first failure since the last success.</param>
/// <param name="LastFailureAt">The last one that was noted; not each is.</param>
/// <param name="Failures">How many were noted.</param>
/// <param name="LastStatus">The HTTP status of that one, when there was an answer.</param>
/// <param name="LastError">Why there was none.</param>
/// <param name="PausedAt">From then on nothing is sent to it; null while attempts are made.</param>
public sealed record EndpointHealth(
    string Url,
    DateTimeOffset FailingSince,
    DateTimeOffset LastFailureAt,
    int Failures,
    int? LastStatus = null,
    string? LastError = null,
    DateTimeOffset? PausedAt = null)
{
    /// <summary>The first failure.</summary>
    public static EndpointHealth First(WebhookEndpoint endpoint, AttemptOutcome outcome) =>
        new(endpoint.Url, outcome.At, outcome.At, 1, outcome.Status, outcome.Error);

    /// <summary>One failure more.</summary>
    public EndpointHealth After(AttemptOutcome outcome) =>
        this with { LastFailureAt = outcome.At, Failures = Failures + 1, LastStatus = outcome.Status, LastError = outcome.Error };
}

/// <summary>How an endpoint stands.</summary>
public enum EndpointState
{
    /// <summary>The last that was heard of it was a success, or it was resumed.</summary>
    Healthy,

    /// <summary>It has not answered 2xx since its first failure.</summary>
    Failing,

    /// <summary>It failed for so long that nothing is sent to it until it is resumed.</summary>
    Paused,
}

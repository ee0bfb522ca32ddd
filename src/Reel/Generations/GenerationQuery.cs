using Reel.Orchestration;

namespace Reel.Generations;

/// <summary>Which requests of a caller to list.</summary>
/// <param name="Status">In this state; null for any.</param>
/// <param name="Model">For this model; null for any.</param>
/// <param name="Since">Accepted at this time or later.</param>
/// <param name="Until">Accepted before this time.</param>
public sealed record GenerationQuery(
    GenerationStatus? Status = null, string? Model = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null)
{
    // The engine knows when an instance was made: later than its request was accepted, and by another clock.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    // And a batch's request when that was begun, as much later than its batch was accepted as the lane before it took: days, and hardly weeks.
    private static readonly TimeSpan LongestLane = TimeSpan.FromDays(30);

    private static readonly RuntimeStatus[] UnderWay = [RuntimeStatus.Pending, RuntimeStatus.Running];

    /// <summary>Whether few of the instances that an engine finds may fit, so that it is asked for more of them at a time.</summary>
    public bool IsSelective => Status is not null || Model is not null;

    /// <summary>Whether a request is one of them.</summary>
    public bool Fits(Generation generation) =>
        (Status is null || generation.State.Status == Status)
        && (Model is null || generation.Request.Model == Model)
        && !(generation.Request.ToldAt() < Since)
        && !(generation.Request.ToldAt() >= Until);

    /// <summary>The part of it that an engine can be asked for: what it finds may fit, and what fits it finds.</summary>
    public OrchestrationQuery ForEngine(string prefix) => new(
        prefix,
        // A final request may be running yet, with its webhook.
        Status is GenerationStatus.Queued or GenerationStatus.Processing ? UnderWay : null,
        Since < DateTimeOffset.UnixEpoch ? null : Since - Slack,
        Until > DateTimeOffset.MaxValue - LongestLane ? null : Until < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : Until + LongestLane,
        // One that is QUEUED may have said nothing yet.
        StatusHead: Status is null or GenerationStatus.Queued ? null : HeadOf(Status.Value),
        InputModel: Model,
        From: FirstId(prefix, Until));

    /// <summary>Where what was accepted before a time begins in a list: an id is made when its request is accepted, or before. Null for no time.</summary>
    internal static string? FirstId(string prefix, DateTimeOffset? until) =>
        until >= DateTimeOffset.UnixEpoch && until <= DateTimeOffset.MaxValue - Slack ? prefix + RequestId.First(until.Value + Slack) : null;

    // The status is a state's first member.
    private static string HeadOf(GenerationStatus status)
    {
        var json = OrchestrationJson.Write(new GenerationState(status, Stage.Done));
        return json[..(json.IndexOf(',', StringComparison.Ordinal) + 1)];
    }
}

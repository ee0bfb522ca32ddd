namespace Reel.Orchestration;

/// <summary>An instance as the engine sees it. Input, custom status and output are JSON, as <see cref="OrchestrationJson"/> writes it.</summary>
/// <param name="InstanceId">The id it was started with.</param>
/// <param name="Name">The orchestration's name.</param>
/// <param name="Status">Where the engine stands with it; what that means for a video is in the custom status.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Failure">Why it is Failed or Terminated; one line.</param>
public sealed record OrchestrationInstance(
    string InstanceId,
    string Name,
    RuntimeStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? Input,
    string? CustomStatus,
    string? Output,
    string? Failure);

/// <summary>The states of an instance.</summary>
public enum RuntimeStatus
{
    /// <summary>Started; no turn has run.</summary>
    Pending,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>The orchestrator returned.</summary>
    Completed,

    /// <summary>The orchestrator threw, or its history no longer fits its code.</summary>
    Failed,

    /// <summary>Ended from outside.</summary>
    Terminated,
}

/// <summary>Which instances to list.</summary>
/// <param name="Prefix">Ids that begin with this (ordinal).</param>
/// <param name="Statuses">Any of these; null for all.</param>
/// <param name="CreatedFrom">Created at this time or later.</param>
/// <param name="CreatedTo">Created before this time.</param>
/// <param name="PageSize">The most instances in a page; a page may hold fewer and still not be the last.</param>
/// <param name="ContinuationToken">From the page before; null for the first.</param>
/// <param name="StatusHead">
/// The beginning of the custom status's JSON, up to its first comma and with it. A hint: an engine that can look for it leaves out what begins
/// otherwise, but for Failed and Terminated instances, whose custom status is not the last word. Others leave the hint out, so look at what comes.
/// </param>
/// <param name="InputModel">The text that is the input's member <c>model</c>. A hint as well, without that exception.</param>
/// <param name="From">An id before which nothing is wanted, in ordinal order. A hint as well.</param>
public sealed record OrchestrationQuery(
    string Prefix,
    IReadOnlyList<RuntimeStatus>? Statuses = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    int PageSize = 100,
    string? ContinuationToken = null,
    string? StatusHead = null,
    string? InputModel = null,
    string? From = null);

/// <summary>A page of instances.</summary>
/// <param name="ContinuationToken">For the next page; null on the last.</param>
public sealed record OrchestrationPage(IReadOnlyList<OrchestrationInstance> Instances, string? ContinuationToken);

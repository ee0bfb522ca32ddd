using System.Text.Json.Serialization;

namespace Reel.Local.Engine.History;

/// <summary>Something that happened to an instance, as its history keeps it.</summary>
/// <param name="Task">The task it answers; 0 for an external event.</param>
/// <param name="Name">The external event's name.</param>
/// <param name="Data">JSON: a result, or an event's payload.</param>
/// <param name="Failure">Why the task failed; the first line.</param>
/// <param name="Seq">Its number in the inbox; 0 when it came another way.</param>
internal sealed record InboundEvent(
    InboundKind Kind,
    int Task = 0,
    string? Name = null,
    [property: JsonConverter(typeof(RawJson))] string? Data = null,
    string? Failure = null,
    long Seq = 0);

/// <summary>The numbers are in the inbox table, the names in histories: neither may change.</summary>
internal enum InboundKind
{
    ActivityCompleted = 1,
    ActivityFailed = 2,
    TimerFired = 3,
    EventRaised = 4,
    ChildCompleted = 5,
    ChildFailed = 6,

    /// <summary>The orchestrator went on outside its turn. Never stored.</summary>
    Strayed = 7,
}

/// <summary>An event on its way to an instance.</summary>
/// <param name="Execution">The execution it is meant for; -1 for any.</param>
internal sealed record Delivery(int Execution, InboundEvent Event)
{
    public const int AnyExecution = -1;

    public bool IsFor(int execution) => Execution == AnyExecution || Execution == execution;
}

using Reel.Orchestration;

namespace Reel.Local.Engine.History;

/// <summary>An instance with its decoded history: all that a turn needs. One turn at a time owns it.</summary>
/// <param name="Key">0 until it is in the store.</param>
/// <param name="LastTime">UTC ticks of the last turn; its clock does not go behind that.</param>
internal sealed record InstanceState(
    long Key, string Id, string Name, RuntimeStatus Status, int Execution, string Input, long CreatedAt, long LastTime, ParentTask? Parent)
{
    /// <summary>The turns of this execution.</summary>
    public List<Turn> Turns { get; init; } = [];

    /// <summary>About what the turns weigh in memory.</summary>
    public long HistoryBytes { get; init; }

    /// <summary>About what all of it weighs in memory.</summary>
    public long Bytes => 500 + (2 * Input.Length) + HistoryBytes;

    public bool IsFinished => Status >= RuntimeStatus.Completed;
}

/// <summary>Who waits for a sub-orchestration.</summary>
internal sealed record ParentTask(long Instance, int Execution, int Task);

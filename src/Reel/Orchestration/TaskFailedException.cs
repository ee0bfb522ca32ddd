namespace Reel.Orchestration;

/// <summary>
/// An activity or sub-orchestration failed. On Azure only the first line of the message survives the way back, and no type: both
/// engines give no more than that, so expected outcomes are values, never exceptions.
/// </summary>
public sealed class TaskFailedException(string taskName, string reason)
    : Exception($"'{taskName}' failed: {reason}")
{
    /// <summary>The activity's or orchestration's name.</summary>
    public string TaskName { get; } = taskName;

    /// <summary>The first line of what it threw.</summary>
    public string Reason { get; } = reason;
}

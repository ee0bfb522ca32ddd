namespace Reel.Local.Engine.Timers;

/// <summary>A durable timer.</summary>
/// <param name="FireAt">UTC ticks on this machine's clock, which the instance's own may be ahead of.</param>
internal readonly record struct DueTimer(long FireAt, long Instance, int Execution, int Task) : IComparable<DueTimer>
{
    public int CompareTo(DueTimer other) =>
        (FireAt, Instance, Execution, Task).CompareTo((other.FireAt, other.Instance, other.Execution, other.Task));
}

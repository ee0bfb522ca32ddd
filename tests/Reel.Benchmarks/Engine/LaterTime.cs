namespace Reel.Benchmarks.Engine;

/// <summary>A clock that is ahead of the system's.</summary>
internal sealed class LaterTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}

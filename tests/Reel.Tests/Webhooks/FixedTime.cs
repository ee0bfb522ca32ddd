namespace Reel.Tests.Webhooks;

/// <summary>A clock that stands; its timers are the real ones.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

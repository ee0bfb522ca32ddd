namespace Reel.EndToEnd.Tests.Emulator;

/// <summary>The real clock, turned forward as far as a test likes. Its timers run in real time, unless one that derives from it says otherwise.</summary>
internal class TurnableTime : TimeProvider
{
    private long turned;

    public void Turn(TimeSpan by) => Interlocked.Add(ref turned, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref turned));
}

using Reel.EndToEnd.Tests.Desk;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>Kills one process the how-many-th time that a moment comes.</summary>
internal sealed class Trap(ReelProcess reel, Moment moment, int count)
{
    private readonly TaskCompletionSource sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = count;

    /// <summary>The process was killed at its moment.</summary>
    public Task Sprung => sprung.Task;

    /// <summary>True when this was the one; the signal is sent by then.</summary>
    public bool Springs(Moment at)
    {
        if (at != moment || Interlocked.Decrement(ref left) != 0) return false;

        // First, so that whoever sees the process gone knows why. The signal goes out before this returns.
        sprung.SetResult();
        _ = reel.KillAsync();
        return true;
    }
}

/// <summary>The trap that is armed, if one is. Those who see moments come ask here.</summary>
internal sealed class Traps
{
    private volatile Trap? armed;

    public Trap Arm(ReelProcess reel, Kill kill) => armed = new Trap(reel, kill.Moment, kill.Count);

    public void Disarm() => armed = null;

    /// <summary>True when Reel was killed by this: whoever asked is not to answer it any more.</summary>
    public bool Spring(Moment? at) => at is { } moment && armed?.Springs(moment) is true;
}

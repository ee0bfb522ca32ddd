namespace Reel.EndToEnd.Tests.Api;

/// <summary>A clock that a test turns. Timers of ten seconds and more go off when it says so; shorter ones in real time, in which others wait.</summary>
internal sealed class HandTime : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private readonly List<HandTimer> timers = [];
    private long turned;

    public void Turn(TimeSpan by) => Interlocked.Add(ref turned, by.Ticks);

    /// <summary>Lets all long timers go off that are set.</summary>
    public void Ring()
    {
        HandTimer[] due;
        lock (timers) due = [.. timers];
        foreach (var timer in due) timer.Ring();
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref turned));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref turned);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < Long) return System.CreateTimer(callback, state, dueTime, period);
        var timer = new HandTimer(this, callback, state);
        lock (timers) timers.Add(timer);
        return timer;
    }

    private sealed class HandTimer(HandTime time, TimerCallback callback, object? state) : ITimer
    {
        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (time.timers) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

namespace Reel.Tests.Costs;

/// <summary>
/// A clock that goes nowhere but to the next alarm, at once when it is set: durable timers take no time, and whatever is written says the same times in every
/// run. Limits to a wait never go off, however slow the machine is.
/// </summary>
internal sealed class JumpTime(DateTimeOffset start) : TimeProvider
{
    private long now = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref now), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // What limits a wait is a cancellation source's timer.
        var alarm = new Alarm(this, state is CancellationTokenSource ? null : () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>To a midnight, from which each request has times of the same length, and finds nothing that was just looked at.</summary>
    public void JumpToNextDay() => JumpTo((Interlocked.Read(ref now) / TimeSpan.TicksPerDay + 1) * TimeSpan.TicksPerDay);

    private void JumpTo(long time)
    {
        for (var known = Interlocked.Read(ref now); known < time;)
        {
            var before = Interlocked.CompareExchange(ref now, time, known);
            if (before == known) return;
            known = before;
        }
    }

    private sealed class Alarm(JumpTime time, Action? ring) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (ring is null || dueTime == Timeout.InfiniteTimeSpan) return true;
            var due = Interlocked.Read(ref time.now) + dueTime.Ticks;
            ThreadPool.QueueUserWorkItem(_ =>
            {
                time.JumpTo(due);
                ring();
            });
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

namespace Reel.Functions.Tests.Durable;

/// <summary>A clock whose timers fire when they are told to.</summary>
internal sealed class HeldTime : TimeProvider
{
    private readonly List<HeldTimer> timers = [];

    /// <summary>Fires the timers that are set to no more than this.</summary>
    public void Pass(TimeSpan span)
    {
        foreach (var timer in timers.Where(timer => timer.IsSet && timer.Due <= span).ToList()) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(() => callback(state), dueTime);
        timers.Add(timer);
        return timer;
    }

    private sealed class HeldTimer(Action callback, TimeSpan due) : ITimer
    {
        public TimeSpan Due { get; private set; } = due;

        public bool IsSet { get; private set; } = due != Timeout.InfiniteTimeSpan;

        public void Fire()
        {
            IsSet = false;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (Due, IsSet) = (dueTime, dueTime != Timeout.InfiniteTimeSpan);
            return true;
        }

        public void Dispose() => IsSet = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using Reel.Local.Engine.History;
using Reel.Local.Engine.Turns;

namespace Reel.Local.Engine.Timers;

/// <summary>
/// All durable timers, the earliest first, behind one alarm. A timer's row outlives its firing until the turn it causes is committed, so a
/// timer that fired into a crash fires again.
/// </summary>
internal sealed class TimerQueue : IDisposable
{
    // The alarm goes by elapsed time, the timers by the clock: look again this often, in case the clock was set or the machine slept.
    private static readonly TimeSpan LongestNap = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Mailboxes mailboxes;
    private readonly Lock gate = new();
    private readonly SortedSet<DueTimer> queue = [];
    private readonly ITimer alarm;
    private bool closed;

    public TimerQueue(TimeProvider time, Mailboxes mailboxes)
    {
        this.time = time;
        this.mailboxes = mailboxes;
        alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many have not fired.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return queue.Count;
            }
        }
    }

    public void Add(IReadOnlyList<DueTimer> timers)
    {
        if (timers.Count == 0) return;
        lock (gate)
        {
            foreach (var timer in timers) queue.Add(timer);
            Arm();
        }
    }

    public void Remove(IReadOnlyCollection<DueTimer> timers)
    {
        if (timers.Count == 0) return;
        lock (gate)
        {
            foreach (var timer in timers) queue.Remove(timer);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            alarm.Dispose();
        }
    }

    private void Ring()
    {
        List<(long Instance, Delivery Delivery)> due = [];
        lock (gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            while (queue.Count > 0 && queue.Min is var first && first.FireAt <= now)
            {
                due.Add((first.Instance, new Delivery(first.Execution, new InboundEvent(InboundKind.TimerFired, first.Task))));
                queue.Remove(first);
            }

            Arm();
        }

        mailboxes.Post(due);
    }

    private void Arm()
    {
        if (closed || queue.Count == 0) return;
        var wait = TimeSpan.FromTicks(Math.Max(0, queue.Min.FireAt - time.GetUtcNow().UtcTicks));
        // The alarm cuts off fractions of a millisecond; without the round-up it would ring just before the time, many times.
        var nap = wait < LongestNap ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : LongestNap;
        alarm.Change(nap, Timeout.InfiniteTimeSpan);
    }
}

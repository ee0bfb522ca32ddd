using System.Threading.Channels;
using Reel.Local.Engine.History;

namespace Reel.Local.Engine.Turns;

/// <summary>
/// What has come in for which instance, and whose turn it is: an instance is in one turn at a time, from <see cref="Take"/> until that turn
/// is committed and it is released. Only instances with something to do are in here.
/// </summary>
internal sealed class Mailboxes : IDisposable
{
    private static readonly TimeSpan LeastRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostRetry = TimeSpan.FromSeconds(8);

    private readonly Lock gate = new();
    private readonly Dictionary<long, Mailbox> boxes = [];
    private readonly Channel<long> ready = Channel.CreateUnbounded<long>();
    private readonly List<long> delayed = [];
    private readonly ITimer retry;
    private TimeSpan retryAfter = LeastRetry;
    private TaskCompletionSource? idle;

    public Mailboxes(TimeProvider time) =>
        retry = time.CreateTimer(_ => RetryDelayed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The instances that are due for a turn.</summary>
    public ChannelReader<long> Ready => ready.Reader;

    public void Post(long instance, Delivery delivery)
    {
        lock (gate)
        {
            Due(instance).Waiting.Add(delivery);
        }
    }

    /// <summary>Posts all at once, so that one instance takes what is its own in one turn.</summary>
    public void Post(IReadOnlyList<(long Instance, Delivery Delivery)> deliveries)
    {
        lock (gate)
        {
            foreach (var (instance, delivery) in deliveries) Due(instance).Waiting.Add(delivery);
        }
    }

    /// <summary>Asks for a turn without anything to deliver: an execution's first.</summary>
    public void Wake(long instance)
    {
        lock (gate)
        {
            Due(instance).IsWoken = true;
        }
    }

    /// <summary>Begins a turn.</summary>
    public IReadOnlyList<Delivery> Take(long instance)
    {
        lock (gate)
        {
            var box = boxes[instance];
            var taken = box.Waiting;
            box.Waiting = [];
            box.IsWoken = false;
            return taken;
        }
    }

    /// <summary>Ends a turn; what came in meanwhile makes the next one.</summary>
    /// <param name="kept">Comes before that.</param>
    public void Release(long instance, bool wake = false, IReadOnlyList<Delivery>? kept = null)
    {
        lock (gate)
        {
            retryAfter = LeastRetry;
            var box = boxes[instance];
            if (kept is not null) box.Waiting.InsertRange(0, kept);
            if (box.Waiting.Count > 0 || box.IsWoken || wake)
            {
                ready.Writer.TryWrite(instance);
                return;
            }

            boxes.Remove(instance);
            if (boxes.Count == 0) idle?.TrySetResult();
        }
    }

    /// <summary>
    /// Ends a turn that could not be made or stored, and has it made again: in a second, and after longer waits while nothing succeeds, since on a full
    /// disk it may be every instance's.
    /// </summary>
    public void ReleaseLater(long instance, IReadOnlyList<Delivery> taken)
    {
        lock (gate)
        {
            boxes[instance].Waiting.InsertRange(0, taken);
            delayed.Add(instance);
            if (delayed.Count == 1) retry.Change(retryAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends when no instance has anything to do.</summary>
    public Task IdleAsync()
    {
        lock (gate)
        {
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (boxes.Count == 0) idle.SetResult();
            return idle.Task;
        }
    }

    /// <summary>Hands out no more turns.</summary>
    public void Dispose()
    {
        ready.Writer.TryComplete();
        retry.Dispose();
    }

    private Mailbox Due(long instance)
    {
        if (boxes.TryGetValue(instance, out var box)) return box;
        boxes[instance] = box = new Mailbox();
        ready.Writer.TryWrite(instance);
        return box;
    }

    private void RetryDelayed()
    {
        lock (gate)
        {
            foreach (var instance in delayed) ready.Writer.TryWrite(instance);
            delayed.Clear();
            retryAfter = retryAfter * 2 < MostRetry ? retryAfter * 2 : MostRetry;
        }
    }

    private sealed class Mailbox
    {
        public List<Delivery> Waiting { get; set; } = [];

        public bool IsWoken { get; set; }
    }
}

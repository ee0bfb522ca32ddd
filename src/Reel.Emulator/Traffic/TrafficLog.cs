namespace Reel.Emulator.Traffic;

/// <summary>
/// What the provider's surface has seen, oldest first. Bounded: the newest <see cref="Capacity"/> submits, and as many of everything else, so
/// that no amount of polling drives out a submit.
/// </summary>
internal sealed class TrafficLog
{
    public const int Capacity = 100_000;

    private readonly Lock gate = new();
    private readonly Queue<(long Number, TrafficEntry Entry)> submits = new();
    private readonly Queue<(long Number, TrafficEntry Entry)> others = new();
    private long count;

    public void Add(TrafficEntry entry)
    {
        lock (gate)
        {
            var queue = entry.IsSubmit ? submits : others;
            queue.Enqueue((count++, entry));
            if (queue.Count > Capacity) queue.Dequeue();
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            submits.Clear();
            others.Clear();
        }
    }

    public IReadOnlyList<TrafficEntry> All()
    {
        lock (gate) return [.. submits.Concat(others).OrderBy(one => one.Number).Select(one => one.Entry)];
    }

    public IReadOnlyList<TrafficEntry> Submits()
    {
        lock (gate) return [.. submits.Select(one => one.Entry)];
    }
}

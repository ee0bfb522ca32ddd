namespace Reel.Emulator.Traffic;

/// <summary>
/// What the provider's surface has seen, oldest first. Bounded: the newest 100,000 submits or 128 MiB of them, and as many of everything
/// else, so that no amount of polling drives out a submit.
/// </summary>
internal sealed class TrafficLog
{
    private readonly Lock gate = new();
    private readonly Newest submits = new();
    private readonly Newest others = new();
    private long count;

    public void Add(TrafficEntry entry)
    {
        lock (gate) (entry.IsSubmit ? submits : others).Add(count++, entry);
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
        lock (gate) return [.. submits.Entries.Concat(others.Entries).OrderBy(one => one.Number).Select(one => one.Entry)];
    }

    public IReadOnlyList<TrafficEntry> Submits()
    {
        lock (gate) return [.. submits.Entries.Select(one => one.Entry)];
    }

    private sealed class Newest
    {
        private const int MostEntries = 100_000;
        private const long MostBytes = 128 * 1024 * 1024;

        private readonly Queue<(long Number, TrafficEntry Entry)> entries = new();
        private long bytes;

        public IEnumerable<(long Number, TrafficEntry Entry)> Entries => entries;

        public void Add(long number, TrafficEntry entry)
        {
            entries.Enqueue((number, entry));
            bytes += entry.Weight;
            while (entries.Count > MostEntries || bytes > MostBytes) bytes -= entries.Dequeue().Entry.Weight;
        }

        public void Clear()
        {
            entries.Clear();
            bytes = 0;
        }
    }
}

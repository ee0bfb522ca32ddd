using Reel.Local.Engine.History;

namespace Reel.Local.Engine.Turns;

/// <summary>
/// External events and those who wait for them, by name, ignoring case. Of several waits for one name the latest gets the event, as on the
/// Functions worker (a stack).
/// </summary>
internal sealed class EventWaits
{
    private readonly Dictionary<string, Stack<OpenTask>> waits = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<InboundEvent> early = [];

    public bool Any => waits.Count > 0;

    /// <summary>The events that nobody has consumed, oldest first.</summary>
    public IReadOnlyList<InboundEvent> Early => early;

    /// <summary>Hands the event to the latest wait for it, or keeps it.</summary>
    public void Raise(InboundEvent raised)
    {
        if (!waits.TryGetValue(raised.Name!, out var waiting))
        {
            early.Add(raised);
            return;
        }

        var latest = waiting.Pop();
        if (waiting.Count == 0) waits.Remove(raised.Name!);
        latest.Complete(raised.Data);
    }

    /// <summary>Takes the oldest event of that name that came before anyone waited.</summary>
    public InboundEvent? TakeEarly(string name)
    {
        var index = early.FindIndex(item => name.Equals(item.Name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) return null;
        var found = early[index];
        early.RemoveAt(index);
        return found;
    }

    public void Add(string name, OpenTask wait)
    {
        if (!waits.TryGetValue(name, out var waiting)) waits[name] = waiting = new Stack<OpenTask>();
        waiting.Push(wait);
    }
}

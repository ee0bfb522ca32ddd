namespace Reel.Local.Engine.History;

/// <summary>
/// The decoded histories of the instances that were active last, up to so many bytes: the others are read again from the file when something
/// happens to them. Only what is committed gets in.
/// </summary>
internal sealed class HistoryCache(long maxBytes)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<InstanceState>> nodes = [];
    private readonly LinkedList<InstanceState> byUse = [];
    private long bytes;

    /// <summary>Hands an instance over to a turn; null when it has to be read.</summary>
    public InstanceState? Take(long instance)
    {
        lock (gate)
        {
            return nodes.TryGetValue(instance, out var node) ? Remove(node) : null;
        }
    }

    public void Put(InstanceState state)
    {
        lock (gate)
        {
            if (nodes.TryGetValue(state.Key, out var old)) Remove(old);
            nodes[state.Key] = byUse.AddLast(state);
            bytes += state.Bytes;
            while (bytes > maxBytes && byUse.First is { } oldest) Remove(oldest);
        }
    }

    private InstanceState Remove(LinkedListNode<InstanceState> node)
    {
        byUse.Remove(node);
        nodes.Remove(node.Value.Key);
        bytes -= node.Value.Bytes;
        return node.Value;
    }
}

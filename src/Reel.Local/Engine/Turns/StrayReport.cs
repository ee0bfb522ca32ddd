using Reel.Local.Engine.History;

namespace Reel.Local.Engine.Turns;

/// <summary>
/// Has an instance failed whose code went on outside a turn, after that turn. The code may do so before its instance is even in the store:
/// then the report waits.
/// </summary>
/// <param name="instance">0 until it is known.</param>
internal sealed class StrayReport(Mailboxes mailboxes, long instance, int execution)
{
    private readonly Lock gate = new();
    private long key = instance;
    private bool isPending;

    public void Strayed()
    {
        lock (gate)
        {
            isPending = key == 0;
            if (!isPending) mailboxes.Post(key, new Delivery(execution, new InboundEvent(InboundKind.Strayed)));
        }
    }

    public void Born(long instance)
    {
        lock (gate)
        {
            key = instance;
            if (isPending) Strayed();
        }
    }
}

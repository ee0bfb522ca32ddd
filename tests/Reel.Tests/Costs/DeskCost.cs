using Reel.Local.Engine.History;

namespace Reel.Tests.Costs;

/// <summary>What a request costs on a desk.</summary>
/// <param name="Actions">Activities, timers and sub-orchestrations that its orchestrators asked for.</param>
/// <param name="Commits">Changes of the engine's file that are flushed to disk, alone or with others.</param>
/// <param name="Rows">Rows inserted, updated and deleted by them.</param>
/// <param name="Events">Events in the histories: what came in and what was asked for.</param>
/// <param name="Kept">Bytes of input, status, output and history that stay in the file until the request is forgotten.</param>
/// <param name="Blobs">In blob storage.</param>
internal sealed record DeskCost(int Actions, int Commits, int Rows, int Events, long Kept, BlobCost Blobs)
{
    public static DeskCost operator +(DeskCost a, DeskCost b) => new(
        a.Actions + b.Actions, a.Commits + b.Commits, a.Rows + b.Rows, a.Events + b.Events, a.Kept + b.Kept, a.Blobs + b.Blobs);

    public static DeskCost operator *(int times, DeskCost a) =>
        new(times * a.Actions, times * a.Commits, times * a.Rows, times * a.Events, times * a.Kept, times * a.Blobs);

    public static DeskCost operator -(DeskCost a, DeskCost b) => a + (-1 * b);

    public static int ActionsIn(IEnumerable<Turn> turns) => turns.SelectMany(turn => turn.Outbound).Count(action => action.Kind != ActionKind.CancelTimer);

    public static int EventsIn(IEnumerable<Turn> turns) => turns.Sum(turn => turn.Inbound.Count + turn.Outbound.Count);
}

using Reel.Functions.Tests.Durable;

namespace Reel.Functions.Tests.Costs;

/// <summary>
/// What an orchestration costs on Durable Functions with the Azure Storage backend, by calculation from what its function asked for. Read from the sources of
/// DurableTask.AzureStorage and DurableTask.Core (github.com/Azure/durabletask):
/// <list type="bullet">
/// <item>A start by a client looks whether the instance is there, puts a message into its control queue and writes the instance
/// (<c>AzureStorageOrchestrationService.CreateTaskOrchestrationAsync</c>). Whoever takes that message up looks at the instance once more
/// (<c>OrchestrationSessionManager.DedupeExecutionStartedMessagesAsync</c>). Sub-orchestrations have neither: their parent puts the message.</item>
/// <item>A pass reads a message from the control queue and the whole history from its table (<c>ScheduleOrchestrationStatePrefetch</c>), puts a message for each
/// thing that was asked for, writes the history's new rows in one transaction for every 99 and then the instance (<c>AzureTableTrackingStore.UpdateStateAsync</c>),
/// and deletes its message (<c>CompleteTaskOrchestrationWorkItemAsync</c>). The last one of a sub-orchestration puts its parent a message.</item>
/// <item>A pass adds rows for its begin and end, for the message, for each thing that was asked for, and, the last one, for the result
/// (<c>TaskOrchestrationDispatcher</c>). Inputs of activities are not in them.</item>
/// <item>An activity is read from the work item queue; its result is put into the control queue and its message deleted
/// (<c>CompleteTaskActivityWorkItemAsync</c>).</item>
/// </list>
/// The backend's own code, version 2.9.1, run over queues and tables that count, took as much: 42, 57 and 72 requests for a submit, one, two or three checks and a
/// save, and 273 for fifteen with a webhook. What is left out: messages that arrive together share a pass, and one read brings up to 32 of them; what waits long
/// for its turn has its message renewed; a message over 45 KiB, as with a very long prompt, goes through a blob. Polling of empty queues and the leases of
/// partitions are the app's, not the request's.
/// </summary>
/// <param name="Actions">Activities, timers and sub-orchestrations.</param>
/// <param name="Executions">Runs of functions that are billed: passes and activities.</param>
/// <param name="HistoryRows">Rows added to the history.</param>
/// <param name="Bytes">Inputs, results and statuses that stay in tables, in UTF-16, as tables keep them.</param>
internal sealed record AzureCost(
    int Actions = 0,
    int Executions = 0,
    int HistoryRows = 0,
    int QueuePuts = 0,
    int QueueReads = 0,
    int QueueDeletes = 0,
    int TableReads = 0,
    int TableWrites = 0,
    long Bytes = 0)
{
    private const int RowsOfATransaction = 99;
    private const int BytesOfACharacter = 2;

    /// <summary>Requests to queues and tables.</summary>
    public int Requests => QueuePuts + QueueReads + QueueDeletes + TableReads + TableWrites;

    public static AzureCost operator +(AzureCost a, AzureCost b) => new(
        a.Actions + b.Actions,
        a.Executions + b.Executions,
        a.HistoryRows + b.HistoryRows,
        a.QueuePuts + b.QueuePuts,
        a.QueueReads + b.QueueReads,
        a.QueueDeletes + b.QueueDeletes,
        a.TableReads + b.TableReads,
        a.TableWrites + b.TableWrites,
        a.Bytes + b.Bytes);

    public static AzureCost operator *(int times, AzureCost a) => new(
        times * a.Actions,
        times * a.Executions,
        times * a.HistoryRows,
        times * a.QueuePuts,
        times * a.QueueReads,
        times * a.QueueDeletes,
        times * a.TableReads,
        times * a.TableWrites,
        times * a.Bytes);

    public static AzureCost operator -(AzureCost a, AzureCost b) => a + (-1 * b);

    /// <summary>Of an orchestration that a client started, or another one, from its start to its end.</summary>
    public static AzureCost Of(DurableWorld world, bool isChild = false)
    {
        var cost = isChild ? new AzureCost(QueuePuts: 1) : new AzureCost(QueuePuts: 1, TableReads: 2, TableWrites: 1);
        for (var i = 0; i < world.Passes.Count; i++) cost += OfPass(world.Passes[i], isLast: i == world.Passes.Count - 1);
        var instance = world.Passes[0].Data.Length + (world.Statuses.Count > 0 ? world.Statuses[^1].Length : 0) + world.Result!.Length;

        // The result is in the history as well.
        return cost + new AzureCost(Bytes: BytesOfACharacter * (instance + world.Result.Length));
    }

    private static AzureCost OfPass(DurablePass pass, bool isLast)
    {
        var rows = pass.Asked.Count + (isLast ? 4 : 3);
        var own = new AzureCost(
            Executions: 1,
            HistoryRows: rows,
            QueueReads: 1,
            QueueDeletes: 1,
            TableReads: 1,
            TableWrites: (rows + RowsOfATransaction - 1) / RowsOfATransaction + 1,
            Bytes: BytesOfACharacter * pass.Data.Length);
        return pass.Asked.Aggregate(own, (cost, asked) => cost + Of(asked.Kind));
    }

    // What a sub-orchestration's start takes is its own; that it tells its parent of its end is here.
    private static AzureCost Of(DurableMessage asked) => asked switch
    {
        DurableMessage.Activity => new AzureCost(Actions: 1, Executions: 1, QueuePuts: 2, QueueReads: 1, QueueDeletes: 1),
        _ => new AzureCost(Actions: 1, QueuePuts: 1),
    };
}

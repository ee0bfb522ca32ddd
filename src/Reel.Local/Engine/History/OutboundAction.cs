namespace Reel.Local.Engine.History;

/// <summary>
/// Something that an orchestrator asked for, as its history keeps it: as much as tells whether the code still asks for the same. Inputs are
/// not in it, since a fix that sends another input may be deployed over running instances.
/// </summary>
/// <param name="Task">Counts up in order of scheduling; for a cancelled timer, the timer's.</param>
/// <param name="Name">The activity's or orchestration's name.</param>
/// <param name="Instance">The sub-orchestration's id.</param>
internal sealed record OutboundAction(ActionKind Kind, int Task, string? Name = null, string? Instance = null)
{
    public override string ToString() => Kind switch
    {
        ActionKind.Activity => $"activity '{Name}' (task {Task})",
        ActionKind.Timer => $"a timer (task {Task})",
        ActionKind.CancelTimer => $"the cancelling of timer {Task}",
        _ => $"sub-orchestration '{Name}' with the id '{Instance}' (task {Task})",
    };
}

/// <summary>The names are in histories and may not change.</summary>
internal enum ActionKind
{
    // Not 0: that is left out of the JSON, and a history should say what it holds.
    Activity = 1,
    Timer,
    CancelTimer,
    Child,
}

/// <summary>An action of a turn that is not committed yet, with what it takes to carry it out.</summary>
/// <param name="Input">JSON, for an activity or a sub-orchestration.</param>
/// <param name="FireAt">UTC ticks, for a timer.</param>
internal sealed record ScheduledAction(OutboundAction Action, string Input = "null", long FireAt = 0);

using Reel.Generations;
using Reel.Local.Engine.History;
using Reel.Local.Engine.Store;
using Reel.Orchestration;

namespace Reel.Benchmarks.Flight;

/// <summary>
/// What the engine's own file says, after the desk has stopped, of how requests fared. A turn's time is when its orchestrator ran, and when a poll's
/// timer was due follows from the turn that set it and the request's schedule: the difference is all that the timer, the queue of turns and whatever
/// held them up have cost. Nothing is added to the program for it.
/// </summary>
internal sealed class FlightRecorder
{
    private readonly List<double> lateness = [];
    private readonly List<double> checks = [];
    private readonly List<double> submits = [];
    private readonly List<double> saves = [];
    private readonly List<(long At, int Change)> renders = [];

    private FlightRecorder()
    {
    }

    /// <summary>Seconds by which polls' timers were late.</summary>
    public Sample Lateness => new(lateness);

    /// <summary>Seconds from a poll's timer to the turn that had the provider's answer.</summary>
    public Sample Checks => new(checks);

    /// <summary>Seconds from acceptance to the turn that knew it submitted.</summary>
    public Sample Submits => new(submits);

    /// <summary>Seconds from the turn that knew it rendered to the one that knew it saved.</summary>
    public Sample Saves => new(saves);

    /// <summary>The most that were at the provider at once.</summary>
    public int MostRendering
    {
        get
        {
            var (now, most) = (0, 0);
            foreach (var (_, change) in renders.Order()) most = Math.Max(most, now += change);
            return most;
        }
    }

    /// <param name="file">The engine's file; nobody else has it open.</param>
    public static FlightRecorder Read(string file)
    {
        var recorder = new FlightRecorder();
        using var connection = StoreConnection.Open(file, readOnly: true);
        using var rows = connection.PrepareOnce($"""
            SELECT i.key, i.input, h.data FROM instances i JOIN history h ON h.instance = i.key
            WHERE i.name = '{Orchestrations.Generate.Name}' ORDER BY i.key, h.turn
            """);
        var (key, request, turns) = (0L, (GenerationRequest?)null, new List<Turn>());
        while (rows.Step())
        {
            if (rows.Long(0) != key)
            {
                if (request is not null) recorder.Add(request, turns);
                (key, request) = (rows.Long(0), OrchestrationJson.Read<GenerationRequest>(rows.Text(1)));
                turns.Clear();
            }

            turns.Add(Turn.FromJson(rows.Blob(2)));
        }

        if (request is not null) recorder.Add(request, turns);
        return recorder;
    }

    private void Add(GenerationRequest request, List<Turn> turns)
    {
        var asked = new Dictionary<int, string?>();
        PollPlan? plan = null;
        var (submittedAt, due, firedAt, renderedAt) = (0L, 0L, 0L, 0L);
        foreach (var turn in turns)
        {
            var time = turn.Time;
            foreach (var inbound in turn.Inbound)
            {
                if (inbound.Kind == InboundKind.TimerFired && due > 0)
                {
                    lateness.Add(Seconds(time - due));
                    firedAt = time;
                }
                else if (inbound.Kind == InboundKind.ActivityCompleted)
                {
                    Answered(asked[inbound.Task], inbound.Data, time);
                }
            }

            foreach (var action in turn.Outbound.Where(action => action.Kind == ActionKind.Activity)) asked[action.Task] = action.Name;

            // Between submit and save, the only timers are the polls'.
            due = submittedAt > 0 && renderedAt == 0 && turn.Outbound.Any(action => action.Kind == ActionKind.Timer)
                ? time + (plan?.Next(TimeSpan.FromTicks(time - submittedAt)) ?? request.Polling.Next(TimeSpan.FromTicks(time - submittedAt))).Ticks
                : 0;
        }

        void Answered(string? activity, string? answer, long time)
        {
            if (activity == Activities.Submit.Name && OrchestrationJson.Read<SubmitOutcome>(answer) is { Kind: SubmitKind.Accepted } accepted)
            {
                plan = request.Steps >= 3 ? accepted.Plan : null;
                submittedAt = time;
                submits.Add(Seconds(time - request.AcceptedAt.UtcTicks));
                renders.Add((time, 1));
            }
            else if (activity == Activities.Check.Name)
            {
                checks.Add(Seconds(time - firedAt));
                if (OrchestrationJson.Read<CheckOutcome>(answer)!.Kind != CheckKind.Completed) return;
                renderedAt = time;
                renders.Add((time, -1));
            }
            else if (activity == Activities.SaveVideo.Name)
            {
                saves.Add(Seconds(time - renderedAt));
            }
        }
    }

    private static double Seconds(long ticks) => TimeSpan.FromTicks(ticks).TotalSeconds;
}

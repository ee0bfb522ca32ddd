using Microsoft.Extensions.Logging;
using Reel.Local.Engine.History;
using Reel.Orchestration;

namespace Reel.Local.Engine.Turns;

/// <summary>Replays what an instance has behind it and runs its next turn. Pure computing: no I/O, nothing kept.</summary>
internal sealed class TurnRunner(OrchestrationCatalog catalog, ILoggerFactory loggers)
{
    /// <param name="clock">What this machine's clock says; UTC ticks.</param>
    /// <param name="strayed">Called when the code turns out to go on by itself after the turn; may be called on any thread, and twice.</param>
    /// <returns>Null when nothing came in that the code could take.</returns>
    public TurnOutcome? Run(InstanceState instance, IReadOnlyList<Delivery> deliveries, long clock, Action strayed)
    {
        var now = Math.Max(clock, instance.LastTime);
        if (!catalog.Orchestrations.TryGetValue(instance.Name, out var orchestrator))
            return TurnOutcome.Fail(now, $"There is no orchestration named '{instance.Name}'.");

        // No replay: what the code meddled with may be another by now.
        if (deliveries.Any(delivery => delivery.Event.Kind == InboundKind.Strayed && delivery.IsFor(instance.Execution)))
            return TurnOutcome.Fail(now, OrchestratorContext.OutsideItsThread);

        var pump = new TurnPump(strayed);
        var replay = new Replay(instance, orchestrator, pump, new OrchestratorContext(instance.Id, pump, loggers));
        TurnOutcome? outcome;
        using (pump.Enter())
        {
            outcome = replay.History() is { } divergence ? TurnOutcome.Fail(now, divergence) : replay.NextTurn(deliveries, clock);
        }

        if (pump.HasStrayed && outcome is not { IsFinished: true }) strayed();
        return outcome;
    }

    private sealed class Replay(InstanceState instance, RunOrchestrator orchestrator, TurnPump pump, OrchestratorContext context)
    {
        private Task<string>? main;
        private string? crash;

        /// <summary>Why the recorded turns and the code do not agree; null when they do.</summary>
        public string? History()
        {
            for (var i = 0; i < instance.Turns.Count; i++)
            {
                var turn = instance.Turns[i];
                context.BeginTurn(turn.Time, isReplaying: true);
                if (i == 0) Advance(Start);
                foreach (var inbound in turn.Inbound) Advance(() => context.Apply(inbound));
                if (Divergence.Find(i, turn.Outbound, context.Actions) is { } difference) return difference;
                if (pump.HasStrayed) return OrchestratorContext.OutsideItsThread;
                if (Ended() is { } how) return Divergence.Ended(i, how);
            }

            return null;
        }

        public TurnOutcome? NextTurn(IReadOnlyList<Delivery> deliveries, long clock)
        {
            var now = deliveries.Where(delivery => delivery.IsFor(instance.Execution))
                .Aggregate(Math.Max(clock, instance.LastTime), (time, delivery) => Math.Max(time, context.NotBefore(delivery.Event)));
            context.BeginTurn(now, isReplaying: false);
            var isFirst = instance.Turns.Count == 0;
            if (isFirst) Advance(Start);
            List<InboundEvent> consumed = [];
            List<InboundEvent> ignored = [];
            var next = 0;
            for (; next < deliveries.Count && !IsOver; next++)
            {
                var inbound = deliveries[next].Event;
                if (deliveries[next].IsFor(instance.Execution) && context.Accepts(inbound))
                {
                    consumed.Add(inbound);
                    Advance(() => context.Apply(inbound));
                }
                else
                {
                    ignored.Add(inbound);
                }
            }

            if (!isFirst && consumed.Count == 0 && !IsOver) return null;
            // What was not looked at any more may be events for the next execution.
            var rest = deliveries.Skip(next).Select(delivery => delivery.Event).Where(inbound => inbound.Kind == InboundKind.EventRaised);
            return Outcome(consumed, now) with { Lead = now - clock, Ignored = ignored, Kept = [.. context.UnconsumedEvents, .. rest] };
        }

        private bool IsOver => main is { IsCompleted: true } || crash is not null || context.Fault is not null || pump.HasStrayed;

        private TurnOutcome Outcome(List<InboundEvent> consumed, long now)
        {
            var turn = new Turn(now, consumed, [.. context.Actions.Select(scheduled => scheduled.Action)]);
            var outcome = new TurnOutcome(RuntimeStatus.Running, now, turn, consumed, context.Actions)
            {
                CustomStatusChanged = context.CustomStatusChanged && context.Fault is null,
                CustomStatus = context.CustomStatus,
            };
            if (Failure() is { } failure) return outcome with { Status = RuntimeStatus.Failed, Failure = failure };
            if (main is not { IsCompleted: true }) return outcome;
            return context.NextInput is { } input
                ? outcome with { NextInput = input }
                : outcome with { Status = RuntimeStatus.Completed, Output = main.Result };
        }

        private string? Failure()
        {
            if (context.Fault is not null) return context.Fault;
            if (pump.HasStrayed) return OrchestratorContext.OutsideItsThread;
            if (crash is not null) return crash;
            if (main!.IsCompletedSuccessfully) return null;
            if (main.IsCompleted) return FirstLine.Of(main.Exception?.InnerException ?? new TaskCanceledException(main));
            // Nothing can come that would wake it, so it waits for something else: the Functions host would let it hang for ever.
            return context.WaitsForSomething ? null : OrchestratorContext.OutsideItsThread;
        }

        private string? Ended() =>
            main is { IsCompletedSuccessfully: true } ? context.NextInput is null ? "ends" : "continues as new"
            : main is { IsCompleted: true } || crash is not null || context.Fault is not null ? $"fails ({Failure()})"
            : null;

        private void Start() => main = orchestrator(context, instance.Input);

        /// <summary>Takes a step and lets the code run until it waits.</summary>
        private void Advance(Action step)
        {
            if (IsOver) return;
            try
            {
                step();
                pump.Drain();
            }
            catch (Exception error)
            {
                // Async methods put their exceptions into their task; this one is from an async void or from a callback.
                crash = FirstLine.Of(error);
            }
        }
    }
}

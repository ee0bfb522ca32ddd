using Reel.Local.Engine.History;
using Reel.Orchestration;

namespace Reel.Local.Engine.Turns;

/// <summary>What a turn came to; nothing of it has happened before it is committed.</summary>
/// <param name="Status">Running, Completed or Failed.</param>
/// <param name="Turn">To be added to the history; null when the history itself was the problem.</param>
/// <param name="Consumed">What was taken in: its rows go.</param>
internal sealed record TurnOutcome(
    RuntimeStatus Status,
    long Time,
    Turn? Turn,
    IReadOnlyList<InboundEvent> Consumed,
    IReadOnlyList<ScheduledAction> Actions)
{
    /// <summary>Ticks by which the turn's time is ahead of this machine's clock.</summary>
    public long Lead { get; init; }

    public string? Output { get; init; }

    public string? Failure { get; init; }

    public bool CustomStatusChanged { get; init; }

    public string? CustomStatus { get; init; }

    /// <summary>The next execution's input when the orchestrator continues as new.</summary>
    public string? NextInput { get; init; }

    /// <summary>Messages that nobody waits for: second answers and late ones.</summary>
    public IReadOnlyList<InboundEvent> Ignored { get; init; } = [];

    /// <summary>Events that go over to the next execution.</summary>
    public IReadOnlyList<InboundEvent> Kept { get; init; } = [];

    public bool IsFinished => Status >= RuntimeStatus.Completed;

    public static TurnOutcome Fail(long time, string reason) => new(RuntimeStatus.Failed, time, null, [], []) { Failure = reason };
}

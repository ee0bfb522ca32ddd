using Reel.Emulator.Traffic;

namespace Reel.Emulator.Jobs;

/// <summary>One line of the journal: any of these happened.</summary>
/// <param name="Job">A job was accepted, or is now this.</param>
/// <param name="Seen">A submit was seen.</param>
/// <param name="Answered">An accepted submit, seen before, got its answer.</param>
/// <param name="Credits">The balance was set.</param>
/// <param name="Cleared">The request log was cleared.</param>
internal sealed record JournalLine(
    Job? Job = null, TrafficEntry? Seen = null, AnsweredLine? Answered = null, decimal? Credits = null, bool? Cleared = null);

/// <summary>The status that went out for an accepted submit; null when none did.</summary>
internal sealed record AnsweredLine(string RequestId, int? Status);

using Reel.Generations;

namespace Reel.Batches;

/// <summary>What a batch, its lanes and its records say about those of its requests that have no instance.</summary>
internal sealed record Waiting(Batch Batch, IReadOnlyDictionary<int, BatchLaneState> Lanes, BatchCancellation? Cancellation)
{
    private static readonly GenerationState NeverBegun = GenerationState.Accepted with
    {
        Status = GenerationStatus.Failed,
        Stage = Stage.Done,
        Charged = Charged.No,
    };

    /// <summary>The state of a request that was cancelled alone before it was begun.</summary>
    public static GenerationState CanceledAlone(DateTimeOffset? at) => Canceled("Cancelled before it was begun.", at);

    /// <summary>How a request stands that has no instance: not begun yet, or never to be. Null for one that was begun and is forgotten.</summary>
    public GenerationState? StateOf(int index)
    {
        if (Cancellation is { } one && one.Items.Contains(index)) return CanceledAlone(one.TimeOf(index));

        // What a lane has left behind was begun, and has been forgotten since.
        if (Lanes.TryGetValue(LaneOf(index), out var lane) && index < lane.Next) return null;
        if (Cancellation?.AllAt is { } at) return Canceled("Its batch was cancelled before it was begun.", Batch.State.FinishedAt ?? at);
        return Batch.State.IsOver
            ? NeverBegun with { ErrorCode = ErrorCodes.Internal, Error = "It was never begun; the log says why.", FinishedAt = Batch.State.FinishedAt }
            : GenerationState.Accepted;
    }

    /// <summary>How many requests come before one in its lane, the one that is under way included.</summary>
    public int AheadOf(int index) => (index - NextIn(LaneOf(index))) / Batch.Request.Lanes;

    private int LaneOf(int index) => index % Batch.Request.Lanes;

    private int NextIn(int number) => Lanes.TryGetValue(number, out var lane) ? lane.Next : number;

    private static GenerationState Canceled(string error, DateTimeOffset? at) => NeverBegun with { ErrorCode = ErrorCodes.Canceled, Error = error, FinishedAt = at };
}

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

    /// <summary>How a request stands that has no instance: not begun yet, or never to be. Null for one that was begun and is forgotten.</summary>
    public GenerationState? StateOf(int index)
    {
        if (Cancellation is { } one && one.Items.Contains(index)) return Canceled("Cancelled before it was begun.");

        // What a lane has left behind was begun, and has been forgotten since.
        if (Lanes.TryGetValue(index % Batch.Request.Lanes, out var lane) && index < lane.Next) return null;
        if (Cancellation?.AllAt is not null) return Canceled("Its batch was cancelled before it was begun.");
        return Batch.State.IsOver
            ? NeverBegun with { ErrorCode = ErrorCodes.Internal, Error = "It was never begun; the log says why.", FinishedAt = Batch.State.FinishedAt }
            : GenerationState.Accepted;
    }

    private GenerationState Canceled(string error) =>
        NeverBegun with { ErrorCode = ErrorCodes.Canceled, Error = error, FinishedAt = Batch.State.FinishedAt ?? Cancellation!.AllAt };
}

namespace Reel.Batches;

/// <summary>
/// A lane: every so-manieth request of a batch, one after another. The orchestration's input, from one request to the next.
/// </summary>
/// <param name="Count">How many requests the batch has.</param>
/// <param name="Lanes">How many lanes; the step from one request to the next.</param>
/// <param name="BaseUrl">See <see cref="BatchRequest.BaseUrl"/>.</param>
/// <param name="Next">The request that is to be run, or is under way.</param>
/// <param name="Tally">How those before it ended.</param>
/// <param name="Tries">How often <paramref name="Next"/> could not be brought to its end.</param>
/// <param name="IsCanceled">The batch is cancelled.</param>
public sealed record BatchLane(
    string BatchId, string CallerId, int Count, int Lanes, string BaseUrl, int Next, BatchTally Tally, int Tries = 0, bool IsCanceled = false)
{
    /// <summary>The lane of this number, at its beginning.</summary>
    public static BatchLane First(BatchRequest batch, int lane) =>
        new(batch.BatchId, batch.CallerId, batch.Count, batch.Lanes, batch.BaseUrl, lane, new BatchTally());

    /// <summary>How many requests are left, <see cref="Next"/> included.</summary>
    public int Left => Next < Count ? (Count - Next + Lanes - 1) / Lanes : 0;
}

/// <summary>What a lane tells about itself: its custom status.</summary>
/// <param name="Next">All before it have been begun, but those that were cancelled one by one.</param>
/// <param name="IsBusy">The one at <paramref name="Next"/> is under way.</param>
public sealed record BatchLaneState(int Next, bool IsBusy, BatchTally Tally);

/// <summary>What a lane came to: its output.</summary>
/// <param name="IsCanceled">It heard that the batch was cancelled.</param>
public sealed record BatchLaneEnd(BatchTally Tally, bool IsCanceled);

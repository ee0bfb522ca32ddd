namespace Reel.Batches;

/// <summary>Where a batch stands. The orchestration tells it when all is over, as its custom status and output; until then it is put together from the lanes'.</summary>
/// <param name="InFlight">Requests that are begun and not over.</param>
/// <param name="FinishedAt">When all of them were over.</param>
/// <param name="CancelRequestedAt">When it was cancelled; null once it has finished.</param>
public sealed record BatchState(
    BatchStatus Status, BatchTally Tally, int InFlight = 0, DateTimeOffset? FinishedAt = null, DateTimeOffset? CancelRequestedAt = null)
{
    /// <summary>Its orchestration has ended.</summary>
    public bool IsFinal => FinishedAt is not null;

    /// <summary>So have its lanes. They go on, and can be cancelled, after somebody has ended the batch alone.</summary>
    public bool IsOver => IsFinal && Status != BatchStatus.Failed;
}

/// <summary>The states of a batch.</summary>
public enum BatchStatus
{
    /// <summary>No request is begun.</summary>
    Queued,

    /// <summary>Some are.</summary>
    Processing,

    /// <summary>All are over, however they ended.</summary>
    Completed,

    /// <summary>It was cancelled, and those that were under way are over.</summary>
    Canceled,

    /// <summary>The durable engine ended it without its doing: a defect, or somebody's hand.</summary>
    Failed,
}

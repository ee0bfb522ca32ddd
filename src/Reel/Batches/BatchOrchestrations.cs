using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Batches;

/// <summary>The orchestrations and activities of this folder. Names and shapes are part of recorded histories: add members only as optional ones.</summary>
public static class BatchOrchestrations
{
    /// <summary>One batch, from its lanes to its webhook; see <see cref="BatchOrchestrator"/>.</summary>
    public static readonly OrchestrationName<BatchRequest, BatchState> Batch = new("Batch");

    /// <summary>One lane of a batch; see <see cref="BatchLaneOrchestrator"/>.</summary>
    public static readonly OrchestrationName<BatchLane, BatchLaneEnd> Lane = new("BatchLane");

    /// <summary>Looks at a request of a batch before it is begun.</summary>
    public static readonly ActivityName<BatchItemInput, BatchItemStand> LookAtItem = new("LookAtBatchItem");

    /// <summary>Tells a request of a batch that it is cancelled; the result says whether it was not over yet.</summary>
    public static readonly ActivityName<CancelItemInput, bool> CancelItem = new("CancelBatchItem");

    /// <summary>The event that tells a lane of a cancellation; its payload is a <see cref="BatchCancel"/>.</summary>
    public const string CancelEvent = "cancel";
}

/// <summary>Which request of which batch.</summary>
/// <param name="BaseUrl">See <see cref="BatchRequest.BaseUrl"/>.</param>
public sealed record BatchItemInput(string BatchId, string CallerId, int Index, string BaseUrl);

/// <summary>How a request of a batch stands.</summary>
/// <param name="Request">With <see cref="BatchItemKind.ToBegin"/>: its orchestration's input, accepted now.</param>
/// <param name="End">With <see cref="BatchItemKind.Ended"/>.</param>
public sealed record BatchItemStand(BatchItemKind Kind, GenerationRequest? Request = null, BatchItemEnd? End = null);

/// <summary>How a request of a batch can stand.</summary>
public enum BatchItemKind
{
    /// <summary>It has no instance yet.</summary>
    ToBegin,

    /// <summary>It has one, which is under way: another run of the lane began it.</summary>
    UnderWay,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>It was cancelled before it was begun.</summary>
    Canceled,

    /// <summary>The whole batch was cancelled before it was begun.</summary>
    BatchCanceled,
}

/// <summary>Which instance to tell.</summary>
public sealed record CancelItemInput(string InstanceId);

/// <summary>What is cancelled.</summary>
/// <param name="Index">One request; null for the whole batch.</param>
public sealed record BatchCancel(int? Index = null);

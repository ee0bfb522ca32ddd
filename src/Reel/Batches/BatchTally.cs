using Reel.Generations;

namespace Reel.Batches;

/// <summary>How the requests of a batch, or of a lane, ended so far.</summary>
/// <param name="Completed">How many have their videos.</param>
/// <param name="Errors">How many FAILED, by <see cref="ErrorCodes"/>; null for none.</param>
/// <param name="Cost">Of what was charged, in the provider's credits (US dollars), where the provider said it.</param>
public sealed record BatchTally(int Completed = 0, IReadOnlyDictionary<string, int>? Errors = null, decimal Cost = 0)
{
    /// <summary>How many FAILED.</summary>
    public int Failed => Errors?.Values.Sum() ?? 0;

    /// <summary>How many are over.</summary>
    public int Ended => Completed + Failed;

    /// <summary>With one more.</summary>
    public BatchTally Add(BatchItemEnd end) => end.ErrorCode is { } code
        ? Add(code, 1) with { Cost = Cost + (end.Cost ?? 0) }
        : this with { Completed = Completed + 1, Cost = Cost + (end.Cost ?? 0) };

    /// <summary>With more that FAILED.</summary>
    public BatchTally Add(string errorCode, int count) => count == 0 ? this : Add(new BatchTally(Errors: new Dictionary<string, int> { [errorCode] = count }));

    /// <summary>With all of another.</summary>
    public BatchTally Add(BatchTally other)
    {
        var errors = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (code, count) in (Errors ?? Nothing).Concat(other.Errors ?? Nothing)) errors[code] = errors.GetValueOrDefault(code) + count;
        return new BatchTally(Completed + other.Completed, errors.Count == 0 ? null : errors, Cost + other.Cost);
    }

    private static readonly Dictionary<string, int> Nothing = [];
}

/// <summary>How a request of a batch ended.</summary>
/// <param name="ErrorCode">Why it FAILED; null when it COMPLETED.</param>
/// <param name="Cost">What was charged, where that is known.</param>
public sealed record BatchItemEnd(string? ErrorCode = null, decimal? Cost = null)
{
    /// <summary>Of a final state.</summary>
    public static BatchItemEnd Of(GenerationState state) => new(
        state.Status == GenerationStatus.Completed ? null : state.ErrorCode ?? ErrorCodes.Internal,
        state.Charged == Charged.Yes ? state.Metrics?.Cost : null);

    /// <summary>Of a deleted request; why it FAILED is not known any more.</summary>
    public static BatchItemEnd Of(RequestUsage deleted) => new(
        deleted.Outcome switch { UsageOutcome.Completed => null, UsageOutcome.Canceled => ErrorCodes.Canceled, _ => ErrorCodes.Internal },
        deleted.Charged == Charged.Yes ? deleted.Cost : null);
}

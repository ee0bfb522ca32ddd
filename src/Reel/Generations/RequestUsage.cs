namespace Reel.Generations;

/// <summary>What is counted of a request.</summary>
/// <param name="AcceptedAt">Decides to which UTC day it belongs, whenever it was charged.</param>
/// <param name="Charged">Null while it is under way.</param>
/// <param name="Cost">What the provider reported, in its credits; null when it reported nothing, or nothing yet.</param>
public sealed record RequestUsage(
    string RequestId, string Model, DateTimeOffset AcceptedAt, UsageOutcome Outcome, Charged? Charged = null, decimal? Cost = null)
{
    /// <summary>The UTC day it belongs to.</summary>
    public DateOnly Day => DateOnly.FromDateTime(AcceptedAt.UtcDateTime);

    /// <summary>Of a request as it stands.</summary>
    public static RequestUsage Of(Generation generation)
    {
        var (request, state) = generation;
        return new RequestUsage(request.RequestId, request.Model, request.AcceptedAt, OutcomeOf(state.Status, state.ErrorCode), state.Charged, state.Metrics?.Cost);
    }

    /// <summary>How a request counts in this state.</summary>
    public static UsageOutcome OutcomeOf(GenerationStatus status, string? errorCode) => (status, errorCode) switch
    {
        (GenerationStatus.Completed, _) => UsageOutcome.Completed,
        (GenerationStatus.Failed, ErrorCodes.Canceled) => UsageOutcome.Canceled,
        (GenerationStatus.Failed, _) => UsageOutcome.Failed,
        _ => UsageOutcome.Open,
    };
}

/// <summary>How a request counts.</summary>
public enum UsageOutcome
{
    /// <summary>Under way.</summary>
    Open,

    /// <summary>COMPLETED.</summary>
    Completed,

    /// <summary>FAILED, other than by being cancelled.</summary>
    Failed,

    /// <summary>FAILED with <c>canceled</c>.</summary>
    Canceled,
}

namespace Reel.Generations;

/// <summary>
/// What is known of the paid POST of a request. Written before it (so that a crash leaves a trace) and completed after it. A record without an
/// answer means that the provider may have been asked, and forbids asking again. What is given up before it was begun is recorded as not accepted.
/// </summary>
/// <param name="Attempt">From 1; a new attempt begins only after a recorded answer that surely was no acceptance.</param>
/// <param name="StartedAt">When the POST was about to be made.</param>
/// <param name="Answer">What the provider said; null while that is not known.</param>
public sealed record SubmissionRecord(string Model, int Attempt, DateTimeOffset StartedAt, SubmitOutcome? Answer = null)
{
    /// <summary>The record's name for a request's instance.</summary>
    public static string NameOf(string instanceId) => $"submissions/{instanceId}.json";
}

namespace Reel.Emulator.Jobs;

/// <summary>Words in a prompt that decide what becomes of its job, for whoever has no hand on the faults. The README lists them.</summary>
internal static class PromptMarkers
{
    // (assumed) Both texts; no source states the provider's own.
    public const string FailedText = "Inference failed: the model could not generate a video";
    public const string BlockedText = "Content blocked: the prompt or image was flagged by the safety system";

    public static Outcome Read(string? prompt)
    {
        bool Has(string marker) => prompt is not null && prompt.Contains(marker, StringComparison.OrdinalIgnoreCase);
        return new Outcome(
            Failure: Has("[blocked]") ? BlockedText : Has("[fail]") ? FailedText : null,
            // A content block shows within milliseconds of the start (inference_time 0.007 in the provider's own example).
            AtOnce: Has("[blocked]"),
            Never: Has("[stuck]"),
            Slowness: Has("[slow]") ? 5 : 1,
            RetryCount: Has("[retried]") ? 1 : null);
    }

    /// <summary>What the markers ask for. Slowness multiplies the render time.</summary>
    internal sealed record Outcome(string? Failure, bool AtOnce, bool Never, double Slowness, int? RetryCount);
}

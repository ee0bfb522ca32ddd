namespace Reel.Videos;

/// <summary>Carries a failed outcome out of the middle of a download to where it becomes a value.</summary>
internal sealed class SourceFailedException(SaveOutcome outcome) : Exception(outcome.ToString())
{
    public SaveOutcome Outcome { get; } = outcome;

    public static SourceFailedException Gone(int status) => new(new SaveOutcome.SourceGone(status));

    public static SourceFailedException Broken(string reason) => new(new SaveOutcome.SourceBroken(reason));

    public static SourceFailedException Unavailable(string reason) => new(new SaveOutcome.SourceUnavailable(reason));
}

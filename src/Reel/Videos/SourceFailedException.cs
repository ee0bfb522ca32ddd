namespace Reel.Videos;

/// <summary>Carries a failed outcome out of the middle of a download to where it becomes a value.</summary>
/// <param name="isBreak">The connection's fault and not the file's: another connection may do better at once.</param>
internal sealed class SourceFailedException(SaveOutcome outcome, bool isBreak = false) : Exception(outcome.ToString())
{
    public SaveOutcome Outcome { get; } = outcome;

    public bool IsBreak { get; } = isBreak;

    public static SourceFailedException Gone(int status) => new(new SaveOutcome.SourceGone(status));

    public static SourceFailedException Broken(string reason) => new(new SaveOutcome.SourceBroken(reason));

    public static SourceFailedException CutOff(string reason) => new(new SaveOutcome.SourceBroken(reason), isBreak: true);

    public static SourceFailedException Unavailable(string reason) => new(new SaveOutcome.SourceUnavailable(reason));

    public static SourceFailedException Break(string reason) => new(new SaveOutcome.SourceUnavailable(reason), isBreak: true);
}

namespace Reel.Orchestration;

/// <summary>The engine cannot do what was asked at the moment: a full or read-only disk, a lost store, a host that does not answer.</summary>
/// <param name="mayHaveHappened">
/// The question went out and no answer came back, so that it is not known whether what was asked was done. False: it was not done.
/// </param>
public class OrchestrationUnavailableException(string message, Exception? innerException = null, bool mayHaveHappened = false)
    : Exception(message, innerException)
{
    /// <summary>Whether what was asked may have been done all the same.</summary>
    public bool MayHaveHappened { get; } = mayHaveHappened;

    /// <summary>Why, in words that any caller may read, such as "the disk is full"; null when there is nothing to tell.</summary>
    public string? Cause { get; init; }

    /// <summary>False when it does not pass by itself: somebody has to mend it.</summary>
    public bool MayPass { get; init; } = true;
}

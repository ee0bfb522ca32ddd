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
}

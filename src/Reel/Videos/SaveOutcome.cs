namespace Reel.Videos;

/// <summary>What became of an attempt to save a video. Trouble with the blob store is none of these: it throws, and the attempt is repeated.</summary>
public abstract record SaveOutcome
{
    private SaveOutcome()
    {
    }

    /// <summary>The bytes are in the store.</summary>
    public sealed record Saved(StoredVideo Video) : SaveOutcome;

    /// <summary>They were there before, from an earlier attempt for the same request or from one that ran at the same time.</summary>
    public sealed record AlreadySaved(StoredVideo Video) : SaveOutcome;

    /// <summary>The provider no longer has the file, or no longer hands it out at this link (401, 403, 404, 410). A fresh link may help.</summary>
    public sealed record SourceGone(int Status) : SaveOutcome;

    /// <summary>What the provider sent is not the whole video. Another attempt may bring a better one.</summary>
    /// <param name="Reason">One line, fit for the caller; it holds no URL.</param>
    public sealed record SourceBroken(string Reason) : SaveOutcome;

    /// <summary>The provider cannot be reached, is overloaded or stalls. To be tried again later.</summary>
    /// <param name="Reason">One line, fit for the caller; it holds no URL.</param>
    public sealed record SourceUnavailable(string Reason) : SaveOutcome;
}

namespace Reel.Generations;

/// <summary>The values of <c>error_code</c> on FAILED.</summary>
public static class ErrorCodes
{
    /// <summary>The provider rendered and failed.</summary>
    public const string ProviderFailed = "provider_failed";

    /// <summary>The provider's content rules stopped it.</summary>
    public const string ContentBlocked = "content_blocked";

    /// <summary>The provider did not take the request.</summary>
    public const string SubmitRefused = "submit_refused";

    /// <summary>It cannot be told whether the provider took the request; see <see cref="Resubmissions"/>.</summary>
    public const string SubmitOutcomeUnknown = "submit_outcome_unknown";

    /// <summary>
    /// The provider's account cannot pay now: it has not enough credits, or a spend limit of its own is reached. Nothing was charged and the request is
    /// sound, so that the same idempotency key may send it again.
    /// </summary>
    public const string InsufficientCredits = "insufficient_credits";

    /// <summary>The deadline came first.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The provider no longer knows the request.</summary>
    public const string Expired = "expired";

    /// <summary>The video was rendered, and could not be saved for as long as the provider kept it.</summary>
    public const string SaveFailed = "save_failed";

    /// <summary>The caller cancelled.</summary>
    public const string Canceled = "canceled";

    /// <summary>A defect of Reel's own.</summary>
    public const string Internal = "internal";
}

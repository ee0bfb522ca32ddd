namespace Reel.Segmind;

/// <summary>What became of a submit; <see cref="SubmitRule"/> says when it is which. Texts are clean and at most 1,000 characters.</summary>
public abstract record SubmitAnswer
{
    private SubmitAnswer()
    {
    }

    /// <summary>The render is under way and will be charged for.</summary>
    public sealed record Accepted(string RequestId) : SubmitAnswer;

    /// <summary>Not accepted, and posting the same again would not help.</summary>
    /// <param name="StatusCode">400 to 499, never 408 or 429.</param>
    public sealed record Refused(int StatusCode, RefusalReason Reason, string Error) : SubmitAnswer;

    /// <summary>Not accepted for now (429).</summary>
    /// <param name="ResetAt">When the provider says that it opens again; null when it did not say so legibly. Its word, unchecked: it may lie in the
    /// past or years ahead.</param>
    public sealed record RateLimited(DateTimeOffset? ResetAt, string Error) : SubmitAnswer;

    /// <summary>The provider failed and says so; not accepted, may be posted again.</summary>
    /// <param name="StatusCode">500 or more.</param>
    public sealed record Unavailable(int StatusCode, string Error) : SubmitAnswer;

    /// <summary>Surely not accepted: not one byte of the body went out.</summary>
    public sealed record NotSent(string Error) : SubmitAnswer;

    /// <summary>The provider may have accepted it. Never to be posted again: it could be a second bill.</summary>
    /// <param name="What">What happened, for a human.</param>
    public sealed record OutcomeUnknown(string What) : SubmitAnswer;
}

/// <summary>Why a submit was refused.</summary>
public enum RefusalReason
{
    /// <summary>400: a missing field, an unsupported value.</summary>
    InvalidRequest,

    /// <summary>401: the key is wrong.</summary>
    Unauthorized,

    /// <summary>403: the account may not use this model.</summary>
    Forbidden,

    /// <summary>404: there is no such model.</summary>
    ModelNotFound,

    /// <summary>405: nothing takes a POST there; the base URL is probably wrong.</summary>
    MethodNotAllowed,

    /// <summary>406: the balance is too low.</summary>
    InsufficientCredits,

    /// <summary>406: the request was not understood as JSON.</summary>
    InvalidContentType,

    /// <summary>406: the account's own limit is reached.</summary>
    SpendLimit,

    /// <summary>410: the model was retired.</summary>
    Gone,

    /// <summary>Any other 4xx.</summary>
    Other,
}

using Reel.Orchestration;
using Reel.Segmind;

namespace Reel.Generations;

/// <summary>The activities of a generation. Names and shapes are part of recorded histories: add members only as optional ones.</summary>
public static class Activities
{
    /// <summary>Hands the request to the provider, at most once; see <see cref="SubmitActivity"/>.</summary>
    public static readonly ActivityName<SubmitInput, SubmitOutcome> Submit = new("Submit");

    /// <summary>Looks a last time at a submit that is given up, and sees that nothing is posted under it any more; see <see cref="WithdrawActivity"/>.</summary>
    public static readonly ActivityName<WithdrawInput, SubmitOutcome> Withdraw = new("Withdraw");

    /// <summary>Asks the provider how the render stands.</summary>
    public static readonly ActivityName<CheckInput, CheckOutcome> Check = new("Check");

    /// <summary>Copies the video into blob storage.</summary>
    public static readonly ActivityName<SaveVideoInput, SaveVideoOutcome> SaveVideo = new("SaveVideo");
}

/// <summary>What to submit.</summary>
/// <param name="Attempt">From 1; a repetition of the same attempt posts nothing.</param>
/// <param name="Parameters">The model's parameters as a JSON object.</param>
public sealed record SubmitInput(string InstanceId, int Attempt, string Model, string Parameters);

/// <summary>Which attempt is given up.</summary>
public sealed record WithdrawInput(string InstanceId, int Attempt, string Model);

/// <summary>What became of a submit.</summary>
/// <param name="ProviderRequestId">With <see cref="SubmitKind.Accepted"/>.</param>
/// <param name="Error">With all others, in words.</param>
/// <param name="RetryAt">With <see cref="SubmitKind.RateLimited"/>, the provider's reset time if it gave one; with <see cref="SubmitKind.Pending"/>, when the answer must be there,
/// or when there may be room again.</param>
/// <param name="StartedAt">With <see cref="SubmitKind.Unknown"/>, when the request that cannot be accounted for was begun.</param>
/// <param name="ProviderStatus">With <see cref="SubmitKind.Refused"/>, the HTTP status that the provider answered.</param>
/// <param name="Plan">With <see cref="SubmitKind.Accepted"/>, when to ask for the render; null from older code, where a last look found it, and where none could be made.</param>
/// <param name="HeldBack">With <see cref="SubmitKind.Pending"/>: there was no room to submit, in this process or at the provider.</param>
public sealed record SubmitOutcome(
    SubmitKind Kind,
    string? ProviderRequestId = null,
    string? Error = null,
    DateTimeOffset? RetryAt = null,
    DateTimeOffset? StartedAt = null,
    bool HeldBack = false,
    int? ProviderStatus = null,
    PollPlan? Plan = null);

/// <summary>The outcomes of a submit.</summary>
public enum SubmitKind
{
    /// <summary>The provider has it, and will bill it.</summary>
    Accepted,

    /// <summary>The provider refused it for good; not billed.</summary>
    Refused,

    /// <summary>Refused for want of credits, or for a spend limit of the account's; not billed.</summary>
    InsufficientCredits,

    /// <summary>Refused for now: too many requests; not billed. May be repeated.</summary>
    RateLimited,

    /// <summary>Surely not accepted: no connection, or a server error. May be repeated.</summary>
    NotAccepted,

    /// <summary>A run of this activity may still be posting; ask again later. Nothing was posted by this one.</summary>
    Pending,

    /// <summary>It may have been accepted. Never repeated.</summary>
    Unknown,
}

/// <summary>Which render to look at.</summary>
public sealed record CheckInput(string ProviderRequestId);

/// <summary>How a render stands.</summary>
/// <param name="Error">With Failed and Unreachable, in words.</param>
/// <param name="ContentBlocked">With Failed: the provider's content rules were the reason.</param>
/// <param name="Url">With Completed: where the video is.</param>
/// <param name="Length">With Completed: bytes, if announced.</param>
public sealed record CheckOutcome(
    CheckKind Kind,
    string? Error = null,
    bool ContentBlocked = false,
    string? Url = null,
    long? Length = null,
    string? ContentType = null,
    RenderMetrics? Metrics = null);

/// <summary>The outcomes of a check.</summary>
public enum CheckKind
{
    /// <summary>Waiting at the provider.</summary>
    Queued,

    /// <summary>Being rendered.</summary>
    Processing,

    /// <summary>Rendered.</summary>
    Completed,

    /// <summary>The render failed.</summary>
    Failed,

    /// <summary>The provider does not know it (any more).</summary>
    NotFound,

    /// <summary>The provider gave no usable answer.</summary>
    Unreachable,
}

/// <summary>Which video to save.</summary>
/// <param name="Url">Where the check saw it; the activity asks for a fresh link when this one is gone.</param>
/// <param name="Length">Bytes, if announced.</param>
/// <param name="Rendered">With the first try alone, how long the render took, to learn from; null where that is not known for sure, or of which kind it is.</param>
public sealed record SaveVideoInput(
    string RequestId, string CallerId, string ProviderRequestId, string Url, long? Length = null, string? ContentType = null,
    RenderedTime? Rendered = null);

/// <summary>What became of a save.</summary>
/// <param name="Video">When it is saved; null when not.</param>
/// <param name="Error">When it is not, in words.</param>
/// <param name="Gone">No longer set: a file that is refused today may be handed out tomorrow. Of older histories, three in a row ended a request.</param>
/// <param name="Fresh">When it is not, and the provider now names another link, length or type: what to save next time.</param>
public sealed record SaveVideoOutcome(SavedVideo? Video = null, string? Error = null, bool Gone = false, FreshSource? Fresh = null);

/// <summary>Where a video is by the provider's newest word.</summary>
/// <param name="Length">Bytes, if announced.</param>
public sealed record FreshSource(string Url, long? Length = null, string? ContentType = null);

namespace Reel.Limits;

/// <summary>A request that asks to be let in.</summary>
/// <param name="RequestId">Its own; one that was let in before is not counted again.</param>
/// <param name="Model">A slug of the catalogue.</param>
/// <param name="StartedBy">
/// The instance that starts it, if that may be much later: until that has ended, a request that is not there yet is one to come. Null: it is started at
/// once.
/// </param>
public sealed record Admission(string RequestId, string Model, string? StartedBy = null);

/// <summary>Which limit stands in the way.</summary>
/// <param name="Limit">Its value.</param>
/// <param name="Used">How much of it is used.</param>
/// <param name="Asked">How much more was asked for: requests, or US dollars at the most.</param>
/// <param name="FreeAt">
/// When there is room: for requests per minute exactly, for those in flight a guess, for dollars the next UTC day. Null when there never is, since more was
/// asked for than the limit's whole value.
/// </param>
public sealed record LimitRefusal(LimitKind Kind, decimal Limit, decimal Used, decimal Asked, DateTimeOffset? FreeAt);

/// <summary>The limits of <see cref="CallerLimit"/>.</summary>
public enum LimitKind
{
    /// <summary><see cref="CallerLimit.RequestsPerMinute"/>.</summary>
    RequestsPerMinute,

    /// <summary><see cref="CallerLimit.InFlight"/>.</summary>
    InFlight,

    /// <summary><see cref="CallerLimit.UsdPerDay"/>.</summary>
    UsdPerDay,
}

using System.ComponentModel.DataAnnotations;

namespace Reel.Limits;

/// <summary>Settings under <c>Api__Limits__{name}</c>: what the caller of this name may do. Null: as much as it likes.</summary>
public sealed class CallerLimit
{
    /// <summary>The most requests accepted in any 60 seconds; 1 or more.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "must be 1 or more.")]
    public int? RequestsPerMinute { get; set; }

    /// <summary>The most requests that are not COMPLETED or FAILED yet; 1 or more.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "must be 1 or more.")]
    public int? InFlight { get; set; }

    /// <summary>
    /// The most US dollars for the requests accepted on one UTC day; more than 0. Counted is what the provider reported (assumed: a credit is a dollar),
    /// and for what is under way or of unknown charge the upper end of its model's price range.
    /// </summary>
    [Range(typeof(decimal), "0.01", "1000000000", ErrorMessage = "must be 0.01 or more.", ParseLimitsInInvariantCulture = true)]
    public decimal? UsdPerDay { get; set; }
}

using System.Globalization;

namespace Reel.Segmind;

/// <summary>
/// The rule for what a submit came to: this table, and nothing else.
/// <code>
/// what happened                                                    | the body           | outcome
/// -----------------------------------------------------------------+--------------------+----------------------------------
/// no such host, connection refused, TLS failed, proxy refused,     | not one byte went  | NotSent
///   not connected in time                                          |   out              |
/// 2xx, JSON with a usable request_id                               | went out           | Accepted
/// 2xx, anything else                                               | went out           | OutcomeUnknown
/// 3xx (never followed), 101                                        | went out           | OutcomeUnknown
/// 400, 401, 403, 404, 405, 406, 410, any 4xx not named here        | went out           | Refused, with its reason
/// 408                                                              | went out           | OutcomeUnknown
/// 429                                                              | went out           | RateLimited
/// 504, and its unofficial kin 520, 524, 598, 599                   | went out           | OutcomeUnknown
/// any other 5xx                                                    | went out           | Unavailable
/// an answer that is cut off, over-long or no HTTP, whatever status | went out           | OutcomeUnknown
/// connection reset or closed, no answer in time                    | began to go out    | OutcomeUnknown
/// cancelled by the caller                                          | either             | OperationCanceledException, for the
///                                                                  |                    |   caller to treat as OutcomeUnknown
/// </code>
/// What becomes of the request:
/// <code>
/// outcome        | repeated?                     | else ends as              | charged
/// ---------------+-------------------------------+---------------------------+--------
/// Accepted       | no                            | is rendered               | by how that ends
/// Refused        | no                            | submit_refused, or for    | no
///                |                               |   want of credits         |
///                |                               |   insufficient_credits    |
/// RateLimited    | after the reset, or a backoff | timed_out at the deadline | no
/// Unavailable,   | after a backoff               | timed_out at the deadline | no
///   NotSent      |                               |                           |
/// OutcomeUnknown | never                         | submit_outcome_unknown    | unknown
/// </code>
/// Why: the provider has no idempotency key, and charges for each accepted POST. That 5xx other than 504 was not accepted is its own
/// documentation's word. 520 and 524 are what a CDN answers when its origin took the request and then closed or went silent; 598 and 599
/// are proxies' timeouts.
/// </summary>
internal static class SubmitRule
{
    /// <summary>What an answer, read whole, means.</summary>
    public static SubmitAnswer Judge(ProviderAnswer answer) => answer.StatusCode switch
    {
        >= 200 and < 300 when answer.Record?.Id is { } requestId => new SubmitAnswer.Accepted(requestId),
        >= 200 and < 300 => Unknown($"The provider answered {answer.StatusCode} without a request id: {answer.Error}"),
        < 400 => Unknown($"The provider answered {answer.StatusCode}, which is no answer to a submit."),
        408 or 504 or 520 or 524 or 598 or 599 => Unknown($"The provider answered {answer.StatusCode}: {answer.Error}"),
        429 => new SubmitAnswer.RateLimited(ParseTime(answer.RateLimitReset), answer.Error),
        >= 500 => new SubmitAnswer.Unavailable(answer.StatusCode, answer.Error),
        _ => new SubmitAnswer.Refused(answer.StatusCode, Reason(answer), answer.Error),
    };

    /// <summary>What it means that there is no answer.</summary>
    /// <param name="bodyBegun">Whether a byte of the body may have gone out.</param>
    public static SubmitAnswer Judge(bool bodyBegun, string what) =>
        bodyBegun ? Unknown(what) : new SubmitAnswer.NotSent(ProviderText.Clean(what));

    private static SubmitAnswer.OutcomeUnknown Unknown(string what) => new(ProviderText.Clean(what));

    private static RefusalReason Reason(ProviderAnswer answer) => answer.StatusCode switch
    {
        400 => RefusalReason.InvalidRequest,
        401 => RefusalReason.Unauthorized,
        403 => RefusalReason.Forbidden,
        404 => RefusalReason.ModelNotFound,
        405 => RefusalReason.MethodNotAllowed,
        406 => NotAcceptable(answer.Error),
        410 => RefusalReason.Gone,
        _ => RefusalReason.Other,
    };

    /// <summary>406 means three things, told apart by their texts; "Invalid content type" and "Insufficient credits" are known, the words for a
    /// spend limit are (assumed). What fits none is the documented meaning of 406: credits.</summary>
    private static RefusalReason NotAcceptable(string error)
    {
        bool Says(string words) => error.Contains(words, StringComparison.OrdinalIgnoreCase);
        return Says("content type") || Says("content-type") ? RefusalReason.InvalidContentType
            : Says("spend") || (Says("limit") && !Says("insufficient")) ? RefusalReason.SpendLimit
            : RefusalReason.InsufficientCredits;
    }

    /// <summary>A time as ISO 8601 or RFC 1123, in UTC unless it says otherwise, or as Unix seconds; the header's format is not documented.</summary>
    private static DateTimeOffset? ParseTime(string? text)
    {
        const double YearTenThousand = 253_402_300_800;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds is >= 0 and < YearTenThousand ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }
}

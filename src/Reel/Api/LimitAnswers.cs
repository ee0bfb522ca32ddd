using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reel.Limits;

namespace Reel.Api;

/// <summary>The body of an error that a limit is the reason of.</summary>
internal sealed record LimitError(string Error, string ErrorCode, LimitAnswer Limit);

/// <summary>A limit that stands in the way.</summary>
/// <param name="Name">requests_per_minute, in_flight or usd_per_day.</param>
/// <param name="Value">What it is set to.</param>
/// <param name="Used">How much of it is used.</param>
/// <param name="Asked">How much more was asked for.</param>
/// <param name="FreeAt">When there is room; left out when there never is for so much at once.</param>
internal sealed record LimitAnswer(string Name, decimal Value, decimal Used, decimal Asked, DateTimeOffset? FreeAt)
{
    public static LimitAnswer Of(LimitRefusal refusal) =>
        new(JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Kind.ToString()), refusal.Limit, refusal.Used, refusal.Asked, refusal.FreeAt);
}

/// <summary>What a caller is told whom a limit of its own stands in the way: 429, or 406 for money, as the provider does for its own limits.</summary>
internal static class LimitAnswers
{
    /// <summary>The refusal as an answer, with Retry-After where waiting helps.</summary>
    public static IResult Answer(HttpContext context, LimitRefusal refusal, TimeProvider time)
    {
        if (refusal is { Kind: not LimitKind.UsdPerDay, FreeAt: { } freeAt })
        {
            var seconds = Math.Max(1, Math.Ceiling((freeAt - time.GetUtcNow()).TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var error = new LimitError(Describe(refusal), CodeOf(refusal.Kind), LimitAnswer.Of(refusal));
        return TypedResults.Json(error, ApiJson.Types.LimitError, statusCode: refusal.Kind == LimitKind.UsdPerDay ? 406 : 429);
    }

    private static string CodeOf(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => "rate_limit",
        LimitKind.InFlight => "in_flight_limit",
        _ => "spend_limit",
    };

    private static string Describe(LimitRefusal refusal)
    {
        var (limit, used, asked) = (refusal.Limit, refusal.Used, refusal.Asked);
        var text = refusal.Kind switch
        {
            LimitKind.RequestsPerMinute => string.Create(
                CultureInfo.InvariantCulture, $"This key may send {limit} requests per minute; {used} were sent in the last one, and this is {asked} more"),
            LimitKind.InFlight => string.Create(
                CultureInfo.InvariantCulture, $"This key may have {limit} requests in flight; {used} are, and this is {asked} more"),
            _ => string.Create(
                CultureInfo.InvariantCulture, $"This key may spend {limit} USD per UTC day; {used} are spent or reserved, and this may cost up to {asked}"),
        };
        return refusal.FreeAt is null ? $"{text}. So much at once it can never have" : text;
    }
}

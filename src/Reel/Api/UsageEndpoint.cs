using Microsoft.AspNetCore.Http;

namespace Reel.Api;

/// <summary>GET /v2/usage: what the caller's requests cost, by UTC day and model.</summary>
internal static class UsageEndpoint
{
    private const int MostDays = 92;
    private const int DefaultDays = 30;

    public static async Task<IResult> ReadAsync(HttpContext context, UsageSums sums, TimeProvider time)
    {
        var query = new QueryParameters(context.Request.Query);
        var givenSince = query.ReadTime("since");
        var givenUntil = query.ReadTime("until");

        // Nothing was accepted before there was Reel, nor will be before now.
        var now = time.GetUtcNow();
        var until = Clamp(givenUntil ?? now, now);
        var since = Clamp(givenSince ?? Clamp(new DateTimeOffset(until.UtcDateTime.Date, TimeSpan.Zero).AddDays(1 - DefaultDays), now), now);
        if (givenSince > givenUntil) query.Errors.TryAdd("until", "must not be before since");
        else if (until - since > TimeSpan.FromDays(MostDays)) query.Errors.TryAdd("since", $"must be at most {MostDays} days before until");
        if (query.Errors.Count > 0) return query.Refusal();

        var answer = await sums.ReadAsync(context.Caller().Id, since, until, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(answer, ApiJson.Types.UsageAnswer);
    }

    private static DateTimeOffset Clamp(DateTimeOffset time, DateTimeOffset now) =>
        time < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : time > now ? now : time.ToUniversalTime();
}

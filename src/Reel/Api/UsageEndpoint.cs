using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Generations;

namespace Reel.Api;

/// <summary>GET /v2/usage: what the caller's requests cost, by UTC day and model.</summary>
internal static class UsageEndpoint
{
    private const int MostDays = 92;
    private const int DefaultDays = 30;

    public static async Task<IResult> ReadAsync(
        HttpContext context, UsageScan scan, UsageRecords deleted, IOptions<RequestOptions> options, TimeProvider time)
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

        var caller = context.Caller().Id;
        var tally = new UsageTally(since, until);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (first, last) = (DateOnly.FromDateTime(since.UtcDateTime), DateOnly.FromDateTime(until.UtcDateTime));
        await foreach (var usage in deleted.ListAsync(caller, first, last, context.RequestAborted))
        {
            if (seen.Add(usage.RequestId)) tally.Add(usage);
        }

        // A deletion that was broken off leaves both, the record and the request.
        await foreach (var usage in scan.ListAsync(caller, since, until, cancellationToken: context.RequestAborted))
        {
            if (!seen.Contains(usage.RequestId)) tally.Add(usage);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(tally.Answer(now - options.Value.Retention), ApiJson.Types.UsageAnswer);
    }

    private static DateTimeOffset Clamp(DateTimeOffset time, DateTimeOffset now) =>
        time < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : time > now ? now : time.ToUniversalTime();
}

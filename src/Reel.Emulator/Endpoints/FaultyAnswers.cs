using System.Globalization;
using System.Text;
using System.Text.Json;
using Reel.Emulator.Faults;

namespace Reel.Emulator.Endpoints;

/// <summary>Sends an answer as the rules would have it.</summary>
internal static class FaultyAnswers
{
    /// <summary>The header of a 429 that says until when. (assumed) Its value is ISO 8601 in UTC, unless a rule wants another: no source shows one.</summary>
    private const string ResetHeader = "x-rate-limit-reset-at-utc";

    /// <param name="ordinary">The answer without faults; null when a fault kept it from being made.</param>
    public static async Task SendAsync(this Exchange exchange, Answer? ordinary)
    {
        await exchange.WaitAsync(exchange.Strike.DelayAfter);
        switch (exchange.Strike.Decisive)
        {
            case null:
                await exchange.WriteAsync(ordinary!);
                break;
            case { Kind: "hang" }:
                await exchange.HangAsync();
                break;
            case { Kind: "reset" }:
                exchange.Reset();
                break;
            case { Kind: "reset_mid_body" } rule:
                var sent = (int)Math.Min(rule.Bytes ?? ordinary!.Body.Length / 2, ordinary!.Body.Length);
                using (var part = new MemoryStream(ordinary.Body, 0, sent))
                    await exchange.SendRawAsync(ordinary.Status, ordinary.ContentType, ordinary.Body.Length, part, reset: true);
                break;
            case var rule:
                await exchange.WriteAsync(Instead(rule, exchange.Now) ?? ordinary!);
                break;
        }
    }

    /// <summary>The answer that a rule puts in the place of the ordinary one; null when it has none.</summary>
    /// <param name="now">By the clock that the answer goes by.</param>
    public static Answer? Instead(FaultRule rule, DateTimeOffset now) => rule.Kind switch
    {
        "status" => Status(rule),
        "rate_limit" => Answer.Error(429, rule.Error ?? TextOf(429)) with { Headers = ResetAt(rule, now) },
        "redirect" => new Answer(
            rule.Status ?? 302, [], "text/plain", new Dictionary<string, string> { ["Location"] = rule.Location! }),
        "not_json" => new Answer(rule.Status ?? 200, "upstream connect error or disconnect"u8.ToArray(), "text/plain"),
        "no_request_id" => Answer.Json(200, new SubmitAnswer("QUEUED"), EmulatorJson.Wire.SubmitAnswer),
        _ => null,
    };

    /// <summary>(assumed) What the provider says with a status, where segmind-api.md does not quote it.</summary>
    private static string TextOf(int status) => status switch
    {
        400 => "Invalid parameters",
        401 => "Invalid API key",
        403 => "You do not have access to this model",
        404 => "Not found",
        406 => "Insufficient credits",
        410 => "This model has been retired",
        429 => "Rate limit exceeded",
        500 => "Internal server error",
        502 => "Bad gateway",
        503 => "Service temporarily unavailable",
        504 => "Request timed out",
        _ => "Something went wrong",
    };

    private static Answer Status(FaultRule rule)
    {
        var answer = rule.Body switch
        {
            null => Answer.Error(rule.Status!.Value, rule.Error ?? TextOf(rule.Status.Value)),
            { ValueKind: JsonValueKind.String } text => new Answer(rule.Status!.Value, Encoding.UTF8.GetBytes(text.GetString()!), "text/plain"),
            { } json => new Answer(rule.Status!.Value, Encoding.UTF8.GetBytes(json.GetRawText())),
        };
        return answer with { ContentType = rule.ContentType ?? answer.ContentType, Headers = rule.Headers };
    }

    private static Dictionary<string, string>? ResetAt(FaultRule rule, DateTimeOffset now) => (rule.Reset ?? "in_seconds") switch
    {
        "in_seconds" => Header(rule, now.AddSeconds(rule.Seconds ?? 5)),
        "past" => Header(rule, now.AddSeconds(-(rule.Seconds ?? 60))),
        "hour" => Header(rule, now.AddHours(1)),
        "unparsable" => new() { [ResetHeader] = "soon" },
        _ => null,
    };

    private static Dictionary<string, string> Header(FaultRule rule, DateTimeOffset at) => new()
    {
        [ResetHeader] = rule.Format switch
        {
            "rfc1123" => at.ToString("R", CultureInfo.InvariantCulture),
            "unix" => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            _ => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        },
    };
}

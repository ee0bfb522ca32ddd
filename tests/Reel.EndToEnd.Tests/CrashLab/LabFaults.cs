using System.Globalization;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>What goes wrong at the provider: kinds after which a request can still complete, and those of a submit whose outcome stays unknown.</summary>
internal static class LabFaults
{
    private static readonly string[] Submit =
    [
        """ "kind": "rate_limit", "reset": "in_seconds", "seconds": 1 """,
        """ "kind": "rate_limit", "reset": "past" """,
        """ "kind": "rate_limit", "reset": "unparsable" """,
        """ "kind": "status", "status": 500 """,
        """ "kind": "status", "status": 502 """,
        """ "kind": "status", "status": 503 """,
        """ "kind": "status", "status": 406, "error": "Insufficient credits" """,
        """ "kind": "status", "status": 504, "accept": true """,
        """ "kind": "status", "status": 504, "accept": false """,
        """ "kind": "reset", "accept": true """,
        """ "kind": "reset", "accept": false """,
        """ "kind": "reset_mid_body" """,
        """ "kind": "not_json" """,
        """ "kind": "no_request_id" """,
        """ "kind": "delay", "seconds": 1 """,
    ];

    private static readonly string[] Read =
    [
        """ "kind": "status", "status": 500 """,
        """ "kind": "status", "status": 502 """,
        """ "kind": "rate_limit" """,
        """ "kind": "reset" """,
        """ "kind": "reset_mid_body", "bytes": 20 """,
        """ "kind": "not_json" """,
        """ "kind": "backwards", "as": "QUEUED" """,
        """ "kind": "delay", "seconds": 0.5 """,
    ];

    private static readonly string[] Download =
    [
        """ "kind": "truncated" """,
        """ "kind": "oversized" """,
        """ "kind": "corrupt" """,
        """ "kind": "empty" """,
        """ "kind": "html" """,
        """ "kind": "wrong_length", "bytes": 1000000 """,
        """ "kind": "reset_mid_body" """,
        """ "kind": "status", "status": 503 """,
        """ "kind": "no_length" """,
        """ "kind": "range_ignored" """,
        """ "kind": "dribble", "bytes_per_second": 60000 """,
    ];

    /// <summary>Rules that together strike the given share of submits, of reads and of downloads.</summary>
    public static IEnumerable<string> Rules(double share) =>
        share <= 0 ? [] : [.. At("submit", Submit, share), .. At("status", Read, share), .. At("result", Read, share), .. At("download", Download, share)];

    // Each rule strikes its share of what the ones before have left.
    private static IEnumerable<string> At(string where, string[] kinds, double share)
    {
        var each = (1 - Math.Pow(1 - share, 1.0 / kinds.Length)).ToString("0.#####", CultureInfo.InvariantCulture);
        return kinds.Select(kind => $$"""{"where": "{{where}}",{{kind}}, "probability": {{each}}}""");
    }
}

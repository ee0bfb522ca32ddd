namespace Reel.Hostile;

/// <summary>Routes, and what stands in their places and queries.</summary>
internal static class HostileTargets
{
    private static readonly string[] Verbs = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW", "get", "CONNECT"];

    private static readonly string[] Routes =
    [
        "POST /v2/{model}", "POST /v2/{model}", "POST /v2/{model}", "POST /v2/{model}", "POST /v1/{model}", "GET /v2/requests", "GET /v2/requests/{id}",
        "GET /v1/requests/{id}", "GET /v2/requests/{id}/status", "GET /v2/requests/{id}/events", "GET /v2/requests/{id}/video", "DELETE /v2/requests/{id}",
        "POST /v2/requests/{id}/cancel", "POST /v2/requests/{id}/resubmit", "POST /v2/batches", "POST /v2/batches", "GET /v2/batches", "GET /v2/batches/{id}",
        "GET /v2/batches/{id}/requests", "POST /v2/batches/{id}/cancel", "GET /v2/usage", "GET /v2/models", "GET /v2/models/{model}", "GET /healthz",
        "GET /v2/webhooks/keys", "GET /openapi.json", "GET /docs", "GET {odd}",
    ];

    private static readonly string[] Models =
    [
        "kling-2.6", "kling-2.6", "kling-2.6", "kling-2.6", "kling-1.6-text2video", "kling-1.6-image2video", "kling-2.6/", "KLING-2.6", "kling-2.6%00", "%F0%9F%98%80",
        "%ED%A0%80", "%ff%fe", "kling-2.6%2f..", ".", "%2e%2e", "{model}", "requests", "batches", "models", "usage", "%", "%zz", "kling-2.6;a=b", "*", " ", "",
    ];

    private static readonly string[] Ids =
    [
        "fe5e0467-c670-8a2a-b849-ce453e0d3e95", "fe5e03b0-6764-896b-bff6-8c8b7f07bc72", "fe5e03b0-6764-896b-8006-8c8b7f07bc72", "00000000-0000-8000-8000-000000000000",
        "ffffffff-ffff-8fff-bfff-ffffffffffff", "FE5E0467-C670-8A2A-B849-CE453E0D3E95", "{fe5e0467-c670-8a2a-b849-ce453e0d3e95}", "fe5e0467c6708a2ab849ce453e0d3e95",
        "desk_fe5e0467-c670-8a2a-b849-ce453e0d3e95", "x", "~", "*", "..%2f..%2fetc%2fpasswd", "%2e%2e", "'%20or%201=1--", "%25%32%66", "%00", "%ff", "%ED%A0%80", "%", "%u0041",
        "fe5e0467-c670-8a2a-b849-ce453e0d3e95%00", "fe5e0467-c670-8a2a-b849-ce453e0d3e95%0d%0aX-Injected:1", "-1", "9999999999999999999999", "null", "\u00e9", "",
    ];

    private static readonly string[] Odd =
    [
        "/", "*", "//", "//v2//requests", "/v2", "/v2/", "/v3/x", "/../../etc/passwd", "/v2/requests/", "/v2/requests/../batches", "/v2/./requests", "/admin", "/runtime",
        "/api/healthz", "/.env", "/favicon.ico", "/%", "/%c0%ae%c0%ae/", "\\", "/\\", "/?", "/#", "http://evil.example.com/v2/requests", "http://[::1", "evil:80", "/v2/kling-2.6?%",
        "/v2/requests?&&&=&=", "/healthz?\u0001", "/docs/..", "/openapi.json/x", "/v2/{model}",
    ];

    private static readonly string[] Names =
    [
        "wait", "limit", "cursor", "status", "model", "since", "until", "dry_run", "dry_run", "webhook_url", "metadata", "concurrency", "idempotency_key", "requests",
        "LIMIT", "x", "", "%00", "a[]", "cursor%00",
    ];

    // A wait that is valid and long is no attack.
    private static readonly string[] Values =
    [
        "", "0", "1", "2", "-1", "0.5", "1e999", "NaN", "-Infinity", "61", "101", "2147483648", "99999999999999999999999", "1e9", "\u0661", "true", "TRUE", "false", "maybe",
        "QUEUED", "completed", "3", "kling-2.6", "2026-11-01", "2026-11-01T12:00:00Z", "0001-01-01", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "9999-12-31",
        "1969-12-31", "soon", "13:00", "%00", "%ff", "%", "%ED%A0%80", "%F0%9F%98%80", "ZGVza34", "ZGVza35hYmM", "c2hvcH4wfA", "bG9jYWx-JSUl", "====", "http://127.0.0.1:1/",
        "http://%00", "http://[", "https://exa%20mple.com", "file:///etc/passwd", "https://user:pw@example.com/", "%7B%7D", "%7B", "%7B%22a%22:1%7D", "[]", "'", "a%0d%0ab",
    ];

    /// <summary>A verb and a route's pattern.</summary>
    public static (string Verb, string Route) Route(HostileChoice choice)
    {
        var parts = choice.Of(Routes).Split(' ');
        return (choice.OneIn(10) ? choice.Of(Verbs) : parts[0], parts[1]);
    }

    /// <summary>A path and query for it.</summary>
    public static string Target(HostileChoice choice, string route, Foothold known)
    {
        var path = route
            .Replace("{model}", choice.OneIn(3) ? choice.Of(Models) : choice.Of(Models.AsSpan(..6).ToArray()), StringComparison.Ordinal)
            .Replace("{id}", Id(choice, route, known), StringComparison.Ordinal)
            .Replace("{odd}", choice.Of(Odd), StringComparison.Ordinal);
        if (choice.OneIn(200)) path += "/" + choice.Many(["a", "/", "%41", "../"], 3_000);
        return choice.OneIn(2) ? path : $"{path}?{string.Join('&', Enumerable.Range(0, choice.Next(1, 5)).Select(_ => Parameter(choice, known)))}";
    }

    private static string Id(HostileChoice choice, string route, Foothold known)
    {
        if (choice.OneIn(3)) return choice.Of(Ids);
        var ofItsKind = route.Contains("batches", StringComparison.Ordinal) ? known.Batches : known.Requests;
        return choice.Of(choice.OneIn(8) ? [.. known.Requests, .. known.Batches] : ofItsKind);
    }

    private static string Parameter(HostileChoice choice, Foothold known)
    {
        var name = choice.Of(Names);
        var value = choice.OneIn(6) ? choice.Of(known.Cursors) : choice.OneIn(60) ? choice.Many(Values, 300) : choice.Of(Values);
        return choice.OneIn(20) ? name : $"{name}={value}";
    }
}

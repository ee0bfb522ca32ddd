using System.Globalization;
using System.Text;

namespace Reel.Hostile;

/// <summary>Request lines, headers and how bodies are framed; and what is no HTTP at all.</summary>
internal static class HostileHeads
{
    private static readonly string[] JsonTypes =
    [
        "application/json", "application/json", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json;;;", "text/plain",
        "application/problem+json", "APPLICATION/JSON", "multipart/form-data; boundary=", "application/", ";", "", "application/x-ndjson", "application/json, text/plain",
    ];

    private static readonly string[] BatchTypes = ["application/json", "application/json", "application/x-ndjson", "application/jsonl", "application/json-lines; a=b", "text/csv"];

    private static readonly string[] Hosts = ["evil.example.com", "", "a b", "[::1", "127.0.0.1:99999", "127.0.0.1:1:1", "\u00e9", "localhost\0", "-", "@"];

    private static readonly string[] Odd =
    [
        "Idempotency-Key: ", "Idempotency-Key: \"", "Idempotency-Key: \"\"", "Idempotency-Key: \u00e9", "Idempotency-Key: a\r\nIdempotency-Key: b", "Idempotency-Key: \"a\\\"b\"",
        "Idempotency-Key: k1", "Idempotency-Key: k2", "Idempotency-Key: ../../k", "Idempotency-Key: %00", "Idempotency-Key: " + "\u00f0\u009f\u0098\u0080",
        "Range: bytes=-1", "Range: bytes=9-1", "Range: bytes=0-0,1-1,2-2", "Range: lines=1", "Range: bytes=", "Range: bytes=0-99999999999999999999", "Range: bytes=99999999-",
        "If-None-Match: \"", "If-None-Match: *", "If-Match: \"x\"", "If-Range: x", "If-Modified-Since: yesterday", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "Accept: \0", "Accept: application/json;q=2, video/*;q=x", "Accept: application/json", "Accept: ,,;q", "Accept: */*;q=0", "Accept-Encoding: ,,,",
        "X-Forwarded-Host: evil.example.com", "X-Forwarded-For: 8.8.8.8", "Content-Length: 5", "Content-Length: -1", "Content-Length: 1, 2", "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "Content-Encoding: gzip", "Expect: 100-continue", "Expect: 200-ok",
        "Cookie: ====", "Connection: upgrade\r\nUpgrade: websocket", "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA", "Authorization: Bearer", "Authorization: Basic Og==",
        "X-Api-Key: \u00ff", "X-Api-Key: desk", ": nothing", "No-Colon", " Folded: x", "A : b", "A\u0001: b", "\u00e9: b", "A: b\0c", "A: b\nB: c", "A:", "Host: a", "Last-Event-ID: ",
        "Last-Event-ID: \u00e9", "Last-Event-ID: 5b0c1e7d9f3a2246", "Last-Event-ID: a\r\nLast-Event-ID: b", "Origin: null", "Origin: http://[", "Access-Control-Request-Method: POST",
        "traceparent: 00-00000000000000000000000000000000-0000000000000000-00", "traceparent: x", "baggage: =,=;", "x-request-id: \"><", "X-HTTP-Method-Override: DELETE",
    ];

    private static readonly string[] Garbages =
    [
        "", "\r\n", "\r\n\r\n\r\n", "GET", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1x\r\n\r\n", "GET / http/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "G\0T / HTTP/1.1\r\n\r\n", "GET /\0 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\r\r\n\r\n",
        "GET / HTTP/1.1\r\nA\r\n\r\n", "GET / HTTP/1.1\r\n: b\r\n\r\n", "CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "\u0080.\u0001\u0003", "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "\u0000\u0000\u0000", "{\"prompt\":\"a\"}", "GET %00 HTTP/1.1\r\n\r\n", "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
    ];

    /// <summary>Bytes that are hardly a request.</summary>
    public static byte[] Garbage(HostileChoice choice, string authority)
    {
        var text = choice.Next(8) switch
        {
            0 => string.Concat(Enumerable.Range(0, choice.Next(1, 400)).Select(_ => (char)choice.Next(256))),
            1 => $"GET /{choice.Many(["a", "%", "?", "/../"], 9_000)} HTTP/1.1\r\nHost: {authority}\r\n\r\n",
            2 => $"GET /healthz HTTP/1.1\r\nHost: {authority}\r\n{choice.Many(["A: b\r\n", "A: b\r\n ", "X-Long: " + new string('x', 500) + "\r\n"], 400)}\r\n",
            3 => $"{choice.Many(["A", "\u0001"], 400)} / HTTP/1.1\r\nHost: {authority}\r\n\r\n",
            4 => $"GET /healthz HTTP/1.1\r\nHost: {authority}\r\n\r\n{choice.Of(Garbages)}",
            _ => choice.Of(Garbages),
        };
        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>Writes headers, but none that frame the body.</summary>
    public static void Write(HostileChoice choice, StringBuilder head, string authority, string? key, string route, bool hasBody)
    {
        head.Append("Host: ").Append(choice.OneIn(20) ? choice.Of(Hosts) : authority).Append("\r\nConnection: close\r\n");
        if (key is not null) head.Append(choice.OneIn(6) ? "Authorization: Bearer " : "x-api-key: ").Append(key).Append("\r\n");
        else if (choice.OneIn(2)) head.Append(choice.Of(["x-api-key: ", "x-api-key: nobody\r\nx-api-key: nobody", "Authorization: Bearer x"])).Append("\r\n");
        if (hasBody && !choice.OneIn(20))
            head.Append("Content-Type: ").Append(choice.Of(route.Contains("batches", StringComparison.Ordinal) ? BatchTypes : choice.OneIn(3) ? JsonTypes : ["application/json"])).Append("\r\n");
        for (var i = choice.Next(6); i > 3; i--) head.Append(choice.Of(Odd)).Append("\r\n");
        if (choice.OneIn(40)) head.Append(choice.Of(["X-Long: ", "Idempotency-Key: ", "x-api-key: ", "Last-Event-ID: ", "Range: bytes="])).Append('x', choice.Next(40_000)).Append("\r\n");
    }

    /// <summary>Ends the head and gives the body as it follows; now and then the one does not fit the other.</summary>
    public static byte[] Frame(HostileChoice choice, StringBuilder head, byte[] body)
    {
        var framing = choice.Next(40);
        if (framing < 4 && body.Length > 0)
        {
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
            return framing == 0 ? Encoding.Latin1.GetBytes(choice.Of(["zz\r\n", "-1\r\n", "ffffffffffffffff\r\n", "1\r\nab\r\n0\r\n\r\n", "0\r\n", "\r\n", "5;a=\r\nhello0\r\n\r\n", "0\r\nA: b\r\n\r\n"])) : Chunks(choice, body);
        }

        // Longer than the body is, it is waited for; that is what the paces are for.
        var length = framing switch { 4 => body.Length / 2, 5 => 0, _ => body.Length };
        if (length > 0 || body.Length > 0 || choice.OneIn(2)) head.Append("Content-Length: ").Append(length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        head.Append("\r\n");
        return body;
    }

    private static byte[] Chunks(HostileChoice choice, byte[] body)
    {
        using var all = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(choice.Next(1, Math.Max(2, body.Length)), body.Length - at);
            all.Write(Encoding.ASCII.GetBytes($"{size:x}\r\n"));
            all.Write(body, at, size);
            all.Write("\r\n"u8);
            at += size;
        }

        all.Write("0\r\n\r\n"u8);
        return all.ToArray();
    }
}

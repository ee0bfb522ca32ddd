using System.Text;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Requests that nobody means well with, as bytes; the same ones for the same seed.</summary>
internal sealed class HostileRequests(int seed, string authority)
{
    private static readonly string[] Verbs = ["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"];

    private static readonly string[] Paths =
    [
        "/", "/v2/kling-2.6", "/v2/kling-2.6", "/v2/kling-2.6", "/v2/kling-1.6-text2video", "/v2/kling-2.6/", "//v2//kling-2.6", "/v2/KLING-2.6",
        "/v2/models", "/v2/models/kling-2.6", "/v2/models/%F0%9F%98%80", "/v2/requests", "/v2/requests/", "/v2/requests/x", "/healthz",
        "/v2/requests/fe5e0467-c670-8a2a-b849-ce453e0d3e95", "/v2/requests/fe5e0467-c670-8a2a-b849-ce453e0d3e95/status",
        "/v2/requests/fe5e0467-c670-8a2a-b849-ce453e0d3e95/video", "/v2/requests/..%2f..%2fetc%2fpasswd/video", "/../../etc/passwd",
        "/v2/%00", "/v2/%ff%fe", "/v2/%ED%A0%80", "/v2/requests/%2e%2e/status", "/v2/requests/~/status", "/v2/requests/*", "/v2/{model}",
        "/v2/requests/'%20or%201=1--", "/v2/requests/%25%32%66", "/v2/kling-2.6?webhook_url=http://%00", "/v2/kling-2.6?webhook_url=%ff",
        "/v2/kling-2.6?webhook_url=http://a&webhook_url=http://b", "/v2/kling-2.6?webhook_url", "/v2/kling-2.6?webhook_url=", "/v2/kling-2.6?%", "*",
        "/v1/kling-2.6", "/v1/requests/x", "/v2/requests/fe5e0467-c670-8a2a-b849-ce453e0d3e95/events", "/v2/requests/x/events",
        "/v2/requests/x?wait=1e999", "/v2/requests/x/status?wait=NaN", "/v2/requests/x/status?wait=-Infinity", "/v2/requests/x/status?wait=1&wait=2",
        "/v2/batches", "/v2/batches", "/v2/batches?metadata=%7B&concurrency=1e9", "/v2/batches/x", "/v2/batches/fe5e03b0-6764-896b-bff6-8c8b7f07bc72",
        "/v2/batches/fe5e03b0-6764-896b-bff6-8c8b7f07bc72/requests?cursor=-1", "/v2/requests/fe5e03b0-6764-896b-8006-8c8b7f07bc72",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-16", "application/json;;;", "text/plain",
        "application/problem+json", "application/jsonl", "APPLICATION/JSON", "multipart/form-data; boundary=", "application/", ";", "",
    ];

    private static readonly string[] Texts =
    [
        "", "a", " ", "\\u0000", "\\ud800", "\\udfff\\ud800", "\\", "\\x", "\n", "\u0001", "🎬", "http://127.0.0.1:1/", "http://[", "https://exa mple.com",
        "file:///etc/passwd", "javascript:alert(1)", "//x", "http://\\u0000", "${jndi:ldap://x}", "../../x", "<script>", "16:9", "pro", "null", "10", "5",
    ];

    private static readonly string[] Names =
    [
        "prompt", "prompt", "prompt", "duration", "cfg_scale", "aspect_ratio", "generate_audio", "image_url", "mode", "negative_prompt", "webhook_url",
        "metadata", "idempotency_key", "requests", "concurrency", "model", "__proto__", "$ref", "", "\\ud800", "\\u0000", "Prompt",
    ];

    private static readonly string[] Scalars =
        ["null", "true", "false", "0", "-0", "5", "10", "0.5", "1e400", "-1e400", "1E-400", "123456789012345678901234567890", "NaN", "01", "+1", "0x5", "--1"];

    private static readonly string[] OddHeaders =
    [
        "Idempotency-Key: ", "Idempotency-Key: \"", "Idempotency-Key: \"\"", "Idempotency-Key: é", "Idempotency-Key: a\r\nIdempotency-Key: b",
        "Range: bytes=-1", "Range: bytes=9-1", "Range: bytes=0-0,1-1,2-2", "Range: lines=1", "If-None-Match: \"", "If-None-Match: *", "If-Range: x",
        "Accept: \0", "Accept-Encoding: ,,,", "X-Forwarded-Host: evil.example.com", "Content-Length: 5", "Content-Length: -1", "Content-Length: 1, 2",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Expect: 100-continue", "Cookie: ====", "Connection: upgrade\r\nUpgrade: websocket",
        "Authorization: Bearer", "X-Api-Key: \u00ff", ": nothing", "No-Colon", " Folded: x", "If-Modified-Since: yesterday",
        "Last-Event-ID: ", "Last-Event-ID: é", "Accept: application/json;q=2, video/*;q=x", "Origin: null", "Origin: http://[",
    ];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var body = Encoding.UTF8.GetBytes(Body());
        if (random.Next(8) == 0) Spoil(body);
        var text = new StringBuilder()
            .Append(Pick(Verbs)).Append(' ').Append(Pick(Paths)).Append(random.Next(40) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
            .Append("Host: ").Append(random.Next(15) == 0 ? Pick(["evil.example.com", "", "a b", "[::1", "127.0.0.1:99999"]) : authority).Append("\r\n")
            .Append("Connection: close\r\n");
        if (random.Next(12) > 0) text.Append("Content-Type: ").Append(Pick(Types)).Append("\r\n");
        for (var i = random.Next(4); i > 2; i--) text.Append(Pick(OddHeaders)).Append("\r\n");
        if (random.Next(30) == 0) text.Append("X-Long: ").Append('x', random.Next(40_000)).Append("\r\n");
        text.Append("Content-Length: ").Append(body.Length).Append("\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(text.ToString()), .. body];
    }

    private string Body() => random.Next(10) switch
    {
        0 => Pick(["", "{", "}", "[]", "[[[[", "\"", "{}", "{\"a\"}", "\u0000", "// x", "{\"prompt\":\"a\"}{\"prompt\":\"b\"}"]),
        1 => string.Concat(Enumerable.Repeat(Pick(["[", "{\"a\":"]), random.Next(1, 3_000))),
        2 => Value(4),
        _ => Object(3),
    };

    private string Object(int depth) =>
        "{" + string.Join(",", Enumerable.Range(0, random.Next(1, 6)).Select(_ => $"\"{Pick(Names)}\":{Value(depth - 1)}")) + "}";

    private string Value(int depth) => random.Next(depth > 0 ? 6 : 3) switch
    {
        0 => Pick(Scalars),
        1 or 2 => $"\"{string.Concat(Enumerable.Repeat(Pick(Texts), random.Next(20) == 0 ? 3_000 : 1))}\"",
        3 => "[" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))) + "]",
        _ => Object(depth),
    };

    private void Spoil(byte[] body)
    {
        if (body.Length > 0) body[random.Next(body.Length)] = (byte)random.Next(256);
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}

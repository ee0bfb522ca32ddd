using System.Text;

namespace Reel.Hostile;

/// <summary>Bodies: JSON of every shape, and what is none.</summary>
internal static class HostileBodies
{
    private const int Mebibyte = 1024 * 1024;

    private static readonly string[] Texts =
    [
        "", "a", " ", "\\u0000", "\\ud800", "\\udfff\\ud800", "\\", "\\x", "\n", "\u0001", "🎬", "http://127.0.0.1:1/", "http://[", "https://exa mple.com",
        "file:///etc/passwd", "javascript:alert(1)", "//x", "http://\\u0000", "${jndi:ldap://x}", "../../x", "<script>", "16:9", "pro", "null", "10", "5", "kling-2.6",
    ];

    private static readonly string[] Names =
    [
        "prompt", "prompt", "prompt", "duration", "cfg_scale", "aspect_ratio", "generate_audio", "image_url", "image", "mode", "negative_prompt", "webhook_url", "webhook_events",
        "metadata", "idempotency_key", "requests", "concurrency", "model", "dry_run", "__proto__", "$ref", "", "\\ud800", "\\u0000", "Prompt", "promp\\u0074",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0", "5", "10", "0.5", "1e400", "-1e400", "1E-400", "123456789012345678901234567890", "1.7976931348623157e308", "NaN", "Infinity",
        "01", "+1", "0x5", "--1", ".5", "5.", "1e", "2147483648", "5.0", "10e0",
    ];

    private static readonly string[] Fragments =
        ["", "{", "}", "[]", "[[[[", "\"", "{}", "{\"a\"}", "\0", "// x", "{\"prompt\":\"a\"}{\"prompt\":\"b\"}", "{\"prompt\":\"a\",}", "null", "true", "1", "\"a\"", "{'prompt':'a'}", " "];

    /// <summary>For a route.</summary>
    /// <param name="secret">What the valid ones bear in their metadata.</param>
    public static byte[] Body(HostileChoice choice, string route, string secret)
    {
        var isBatch = route.Contains("batches", StringComparison.Ordinal);
        var text = choice.Next(40) switch
        {
            0 or 1 => choice.Of(Fragments),
            2 => choice.Many(["[", "{\"a\":", "{\"metadata\":", "[{\"prompt\":"], 3_000),
            3 => Nested(choice),
            4 or 5 => Value(choice, 4),
            >= 6 and < 11 => isBatch ? Batch(choice, secret) : Valid(choice, secret),
            11 or 12 when isBatch => Lines(choice, secret),
            >= 13 and < 18 when isBatch => Batch(choice, secret),
            18 => "\uFEFF" + Valid(choice, secret),
            _ => Object(choice, 3),
        };
        if (choice.OneIn(60)) text = text.PadRight((isBatch && choice.OneIn(2) ? 4 * Mebibyte : Mebibyte) + choice.Next(-1, 2));

        var bytes = Encoding.UTF8.GetBytes(text);
        if (choice.OneIn(60)) bytes = Encoding.Unicode.GetBytes(text);
        if (choice.OneIn(60)) bytes = [.. "\uFEFF"u8, .. bytes];
        if (bytes.Length > 0 && choice.OneIn(8)) bytes[choice.Next(bytes.Length)] = (byte)choice.Next(256);
        return bytes;
    }

    /// <summary>One that may be accepted.</summary>
    private static string Valid(HostileChoice choice, string secret)
    {
        var more = choice.Of(["", ",\"duration\":5", ",\"duration\":\"10\"", ",\"cfg_scale\":0.5", $",\"{choice.Of(Names)}\":{Value(choice, 2)}", ",\"prompt\":\"again\""]);
        var key = choice.OneIn(4) ? $",\"idempotency_key\":\"k{choice.Next(50)}\"" : "";
        var image = choice.OneIn(3) ? ",\"image\":\"https://example.com/a.png\"" : "";
        return $$"""{"prompt":"a lighthouse{{choice.Of(["", "", "", " [fail]"])}}","metadata":{"secret":"{{secret}}"}{{image}}{{key}}{{more}}}""";
    }

    private static string Batch(HostileChoice choice, string secret)
    {
        var count = choice.OneIn(100) ? choice.Next(998, 1_003) : choice.Next(0, 4);
        var items = string.Join(',', Enumerable.Range(0, count).Select(_ => count > 3 ? "{}" : Item(choice, secret)));
        var more = choice.OneIn(2) ? "" : $",\"{choice.Of(Names)}\":{Value(choice, 2)}";
        return $$"""{"requests":[{{items}}]{{more}}}""";
    }

    private static string Lines(HostileChoice choice, string secret) =>
        string.Concat(Enumerable.Range(0, choice.Next(0, 4)).Select(_ => (choice.OneIn(3) ? Value(choice, 2) : Item(choice, secret)) + choice.Of(["\n", "\r\n", "\n\n", "\r", "", "\0\n", "\uFEFF\n"])));

    private static string Item(HostileChoice choice, string secret) => choice.OneIn(4)
        ? Value(choice, 3)
        : $$"""{"model":"{{choice.Of(["kling-2.6", "kling-2.6", "kling-9", ""])}}",""" + Valid(choice, secret)[1..];

    private static string Nested(HostileChoice choice)
    {
        var depth = choice.Next(25, 70);
        return $$"""{"prompt":"a","metadata":{{string.Concat(Enumerable.Repeat("{\"a\":", depth))}}1{{new string('}', depth)}}}""";
    }

    private static string Object(HostileChoice choice, int depth) =>
        "{" + string.Join(',', Enumerable.Range(0, choice.Next(1, 6)).Select(_ => $"\"{choice.Of(Names)}\":{Value(choice, depth - 1)}")) + "}";

    private static string Value(HostileChoice choice, int depth) => choice.Next(depth > 0 ? 6 : 3) switch
    {
        0 => choice.Of(Scalars),
        1 or 2 => $"\"{(choice.OneIn(20) ? choice.Many(Texts, 3_000) : choice.Of(Texts))}\"",
        3 => "[" + string.Join(',', Enumerable.Range(0, choice.Next(4)).Select(_ => Value(choice, depth - 1))) + "]",
        _ => Object(choice, depth),
    };
}

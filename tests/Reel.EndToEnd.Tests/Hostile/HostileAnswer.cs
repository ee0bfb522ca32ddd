using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Reel.Hostile;

/// <summary>An answer as it came over the wire; informational ones are left out.</summary>
/// <param name="Body">Without its chunks' frames.</param>
/// <param name="IsWhole">Its end was there.</param>
internal sealed partial record HostileAnswer(int Status, string Head, string Body, bool IsWhole)
{
    public bool IsJson => Head.Contains("\r\nContent-Type: application/json", StringComparison.OrdinalIgnoreCase) && Body.Length > 0;

    /// <summary>The answers in what was received.</summary>
    /// <param name="received">A byte in each character.</param>
    public static IReadOnlyList<HostileAnswer> Read(string received, bool isHead)
    {
        List<HostileAnswer> answers = [];
        for (var at = 0; at < received.Length;)
        {
            var end = received.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0 || StatusLine().Match(received, at, end - at) is not { Success: true } line || line.Index != at) break;
            var head = received[at..end];
            var status = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
            var (body, next, isWhole) = isHead || status is < 200 or 204 or 304 ? ("", end + 4, true) : ReadBody(received, head, end + 4);
            if (status >= 200) answers.Add(new HostileAnswer(status, head, body, isWhole));
            at = next;
        }

        return answers;
    }

    /// <summary>The body as JSON; null for what is none.</summary>
    public JsonObject? Json()
    {
        try
        {
            return JsonNode.Parse(Encoding.Latin1.GetBytes(Body)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string Body, int Next, bool IsWhole) ReadBody(string received, string head, int start)
    {
        if (Length().Match(head) is { Success: true } known)
        {
            var end = start + int.Parse(known.Groups[1].Value, CultureInfo.InvariantCulture);
            return (received[start..Math.Min(end, received.Length)], end, end <= received.Length);
        }

        if (!head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)) return (received[start..], received.Length, true);

        var body = new StringBuilder();
        for (var at = start; received.IndexOf("\r\n", at, StringComparison.Ordinal) is var line and >= 0;)
        {
            var size = int.Parse(received.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (line + 2 + size + 2 > received.Length) break;
            if (size == 0) return (body.ToString(), line + 4, true);
            body.Append(received, line + 2, size);
            at = line + 2 + size + 2;
        }

        return (body.ToString(), received.Length, false);
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ?")]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"\r\nContent-Length: (\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Length();
}

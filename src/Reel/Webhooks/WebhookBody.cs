using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Reel.Webhooks;

/// <summary>The body of a webhook: <c>{"type", "timestamp", "data"}</c>.</summary>
public static class WebhookBody
{
    /// <summary>Writes it.</summary>
    /// <param name="data">A JSON object, put in as it is.</param>
    /// <exception cref="JsonException"><paramref name="data"/> is not JSON.</exception>
    public static byte[] Write(string type, DateTimeOffset timestamp, string data)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteString("timestamp", timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WritePropertyName("data");
            writer.WriteRawValue(data);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

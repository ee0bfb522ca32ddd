using System.Text.Json;

namespace Reel.Emulator.Endpoints;

/// <summary>Reads a request's body as JSON in which all strings can be read.</summary>
internal static class JsonBody
{
    /// <exception cref="JsonException">It is malformed.</exception>
    public static async Task<JsonElement> ReadAsync(Stream body, CancellationToken ct)
    {
        using var document = await JsonDocument.ParseAsync(body, default, ct);
        try
        {
            // Half of a surrogate pair is well-formed JSON but no text, and would throw wherever the body is looked at or kept.
            using var everything = new Utf8JsonWriter(Stream.Null);
            document.RootElement.WriteTo(everything);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A string has half of a surrogate pair.", exception);
        }

        return document.RootElement.Clone();
    }
}

using System.Text;
using System.Text.Json;
using Reel.Models;

namespace Reel.Api;

/// <summary>The fields of ours in a body, next to the model's parameters; never sent on. Reading them notes what is wrong with them.</summary>
internal sealed class ReservedFields
{
    public const string WebhookUrl = "webhook_url";
    public const string WebhookEvents = "webhook_events";
    public const string MetadataField = "metadata";
    public const string IdempotencyKey = "idempotency_key";

    /// <summary>What the webhook's URL looks like, as a regular expression of JSON Schema; empty is none.</summary>
    public const string WebhookPattern = "^([Hh][Tt][Tt][Pp][Ss]?://|$)";

    // It travels in every webhook and every answer.
    private const int MaxMetadataBytes = 4 * 1024;

    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> errors;

    /// <param name="names">Which fields are ours; <see cref="Names"/> unless told.</param>
    public ReservedFields(JsonElement body, SortedDictionary<string, string> errors, IReadOnlySet<string>? names = null)
    {
        this.errors = errors;

        // By hand: looking a property up throws where another's name is no text.
        foreach (var property in body.EnumerateObject())
        {
            if ((names ?? Names).Contains(JsonText.Name(property)) && property.Value.ValueKind != JsonValueKind.Null) fields[JsonText.Name(property)] = property.Value;
        }
    }

    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(StringComparer.Ordinal) { WebhookUrl, WebhookEvents, MetadataField, IdempotencyKey };

    /// <summary>A field that is a string.</summary>
    public string? Text(string name)
    {
        if (!fields.TryGetValue(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) errors.TryAdd(name, "must be a string");
        else if (JsonText.Read(value) is { } text) return text;
        else errors.TryAdd(name, "must be well-formed Unicode text");
        return null;
    }

    /// <summary>A field as it was sent; null when it was not, or as null.</summary>
    public JsonElement? Field(string name) => fields.TryGetValue(name, out var value) ? value : null;

    /// <summary>The caller's own object, as compact JSON.</summary>
    public string? Metadata()
    {
        if (!fields.TryGetValue(MetadataField, out var value)) return null;
        var (json, error) = Compact(value);
        if (error is not null) errors.TryAdd(MetadataField, error);
        return json;
    }

    private static (string? Json, string? Error) Compact(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return (null, "must be a JSON object");
        try
        {
            var json = JsonSerializer.Serialize(value, ApiJson.Types.JsonElement);
            return Encoding.UTF8.GetByteCount(json) <= MaxMetadataBytes ? (json, null) : (null, $"must be at most {MaxMetadataBytes} bytes as JSON");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or JsonException)
        {
            return (null, "holds text that is not well-formed Unicode");
        }
    }
}

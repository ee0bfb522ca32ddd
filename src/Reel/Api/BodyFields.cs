using System.Text.Json;

namespace Reel.Api;

/// <summary>The fields of a small JSON object; notes what is wrong with them.</summary>
internal sealed class BodyFields
{
    private readonly JsonElement body;
    private readonly SortedDictionary<string, string> errors = new(StringComparer.Ordinal);

    /// <param name="body">A JSON object.</param>
    /// <param name="names">All that there may be.</param>
    public BodyFields(JsonElement body, params string[] names)
    {
        this.body = body;
        foreach (var field in body.EnumerateObject().Where(field => !names.Contains(field.Name)))
            errors.TryAdd(field.Name, "is not known here; there is " + string.Join(", ", names));
    }

    public string? ReadText(string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Fault(name, "must be a text");
        return null;
    }

    public bool ReadFlag(string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Fault(name, "must be true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    public void Fault(string name, string rule) => errors.TryAdd(name, rule);

    /// <exception cref="ApiException">400 with all that is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (errors.Count > 0)
            throw new ApiException(400, new ApiError(string.Join("; ", errors.Select(error => $"{error.Key} {error.Value}")), "invalid_parameters", errors));
    }
}

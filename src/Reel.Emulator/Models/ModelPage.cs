using System.Text.Json;

namespace Reel.Emulator.Models;

/// <summary>What a model's page says: typical time in seconds, parameters, defaults; and the price in US dollars of a render.</summary>
internal sealed record ModelPage(
    string Slug, double TypicalSeconds, IReadOnlyList<Parameter> Parameters, Render Defaults, Func<Render, decimal> Price)
{
    /// <summary>Everything that is wrong with a body, in one message; null when it is valid.</summary>
    /// <remarks>(assumed) Parameters that the page does not list are ignored, and so is null where the page's default is null.</remarks>
    public string? Complain(JsonElement body)
    {
        var complaints = Parameters.Select(parameter => Complain(parameter, body)).OfType<string>().ToList();
        return complaints.Count == 0 ? null : string.Join("; ", complaints);
    }

    /// <summary>What a valid body asks for.</summary>
    public Render Read(JsonElement body) => new(
        body.TryGetProperty("duration", out var duration) ? Parameter.ReadDuration(duration)!.Value : Defaults.Duration,
        Find(body, "mode")?.GetString() ?? Defaults.Mode,
        Find(body, "aspect_ratio")?.GetString() ?? Defaults.Aspect,
        Find(body, "generate_audio")?.GetBoolean() ?? Defaults.Audio);

    private JsonElement? Find(JsonElement body, string name) =>
        Parameters.Any(parameter => parameter.Name == name) && body.TryGetProperty(name, out var value) ? value : null;

    private static string? Complain(Parameter parameter, JsonElement body)
    {
        if (!body.TryGetProperty(parameter.Name, out var value))
            return parameter.Required ? $"{parameter.Name} is required" : null;
        if (value.ValueKind is JsonValueKind.Null && parameter.Nullable)
            return null;
        return parameter.Complain(value) is { } complaint ? $"{parameter.Name} {complaint}" : null;
    }
}

/// <summary>What decides about a video's price and looks. Duration in seconds, 5 or 10.</summary>
internal sealed record Render(int Duration, string Mode, string Aspect, bool Audio);

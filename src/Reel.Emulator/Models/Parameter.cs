using System.Globalization;
using System.Text.Json;

namespace Reel.Emulator.Models;

/// <summary>A parameter of a model's page. <paramref name="Complain"/> says what is wrong with a value, or null.</summary>
internal sealed record Parameter(string Name, Func<JsonElement, string?> Complain, bool Required = false, bool Nullable = false)
{
    public static Parameter Text(string name, bool required = false) => new(
        name, value => value.ValueKind is not JsonValueKind.String ? "must be a string"
            : required && string.IsNullOrWhiteSpace(value.GetString()) ? "must not be empty" : null, required);

    // (assumed) The pages say "string (uri)" and "URL of the input image": an http or https one. The emulator does not fetch it.
    public static Parameter Link(string name, bool required = false, bool nullable = false) => new(
        name, value => value.ValueKind is JsonValueKind.String
            && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? null : "must be a URL",
        required, nullable);

    public static Parameter OneOf(string name, params string[] allowed) => new(
        name, value => value.ValueKind is JsonValueKind.String && allowed.Contains(value.GetString())
            ? null : $"must be one of {string.Join(", ", allowed)}");

    public static Parameter Flag(string name) => new(
        name, value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false");

    public static Parameter Fraction(string name) => new(
        name, value => value.ValueKind is JsonValueKind.Number && value.GetDouble() is >= 0 and <= 1 ? null : "must be a number from 0 to 1");

    /// <summary>Typed integer on the pages, sent as a string by their own examples: both are taken.</summary>
    public static Parameter Duration() => new("duration", value => ReadDuration(value) is 5 or 10 ? null : "must be one of 5, 10");

    public static int? ReadDuration(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.GetDouble() is var number && number == Math.Floor(number) && Math.Abs(number) < 1000 => (int)number,
        JsonValueKind.String when int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}

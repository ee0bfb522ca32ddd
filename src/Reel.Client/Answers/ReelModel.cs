using System.Text.Json;

namespace Reel.Client;

/// <summary>A model.</summary>
/// <param name="Slug">Its name in calls.</param>
/// <param name="PriceUsd">Per generation; null when it is not published.</param>
/// <param name="TypicalSeconds">From submit to finished video.</param>
/// <param name="Example">A valid body.</param>
public sealed record ReelModel(
    string Slug,
    string Title,
    string Description,
    string Kind,
    IReadOnlyList<ReelParameter> Parameters,
    ReelPrice? PriceUsd,
    double TypicalSeconds,
    JsonElement Example) : ReelDocument;

/// <summary>A parameter of a model, in the words of JSON Schema.</summary>
/// <param name="Type">string, number, integer or boolean.</param>
/// <param name="Format">uri, or null.</param>
/// <param name="Enum">The values there are; null when the type is the only limit.</param>
/// <param name="Default">What the provider takes when it is not sent.</param>
public sealed record ReelParameter(
    string Name,
    string Type,
    string Description,
    bool Required = false,
    string? Format = null,
    IReadOnlyList<JsonElement>? Enum = null,
    double? Minimum = null,
    double? Maximum = null,
    int? MaxLength = null,
    JsonElement? Default = null);

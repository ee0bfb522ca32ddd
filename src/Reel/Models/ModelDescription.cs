using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Models;

/// <summary>A model as GET /v2/models shows it.</summary>
/// <param name="PriceUsd">Per generation; null, and shown as null, when it is not published.</param>
/// <param name="TypicalSeconds">From submit to finished video.</param>
/// <param name="Example">A valid body.</param>
public sealed record ModelDescription(
    string Slug,
    string Title,
    string Description,
    string Kind,
    IReadOnlyList<ParameterDescription> Parameters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] PriceRange? PriceUsd,
    double TypicalSeconds,
    JsonElement Example)
{
    /// <summary>All models, as <see cref="ModelCatalog.All"/> has them.</summary>
    public static IReadOnlyList<ModelDescription> All { get; } = [.. ModelCatalog.All.Select(Of)];

    /// <summary>A model's description.</summary>
    public static ModelDescription Of(VideoModel model) => new(
        model.Slug,
        model.Title,
        model.Description,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(model.Kind.ToString()),
        [.. model.Parameters.Select(ParameterDescription.Of)],
        model.Price,
        model.TypicalTime.TotalSeconds,
        model.Example);
}

/// <summary>A parameter in the words of JSON Schema.</summary>
/// <param name="Type">string, number, integer or boolean.</param>
/// <param name="Format">uri, or null.</param>
/// <param name="MaxLength">The most UTF-16 units.</param>
/// <param name="Default">What the provider takes when it is not sent.</param>
public sealed record ParameterDescription(
    string Name,
    string Type,
    string? Format,
    bool Required,
    string Description,
    IReadOnlyList<JsonElement>? Enum,
    double? Minimum,
    double? Maximum,
    int? MaxLength,
    JsonElement? Default)
{
    /// <summary>A parameter's description.</summary>
    public static ParameterDescription Of(ModelParameter parameter) => new(
        parameter.Name,
        parameter.Type switch
        {
            ParameterType.Number => "number",
            ParameterType.WholeNumber => "integer",
            ParameterType.Flag => "boolean",
            _ => "string",
        },
        parameter.Type == ParameterType.Link ? "uri" : null,
        parameter.Required,
        parameter.Help,
        parameter.Allowed,
        parameter.Minimum,
        parameter.Maximum,
        parameter.MaxLength,
        parameter.Default);
}

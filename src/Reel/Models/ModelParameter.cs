using System.Text.Json;

namespace Reel.Models;

/// <summary>What a parameter's value has to be.</summary>
public enum ParameterType
{
    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>A JSON string that is an absolute http or https URL.</summary>
    Link,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A whole JSON number, or a string of its digits: the provider's own examples send <c>"5"</c>.</summary>
    WholeNumber,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>One parameter of a model, as the model's page lists it.</summary>
/// <param name="Name">The property's name in the body.</param>
/// <param name="Help">What it does, for a caller.</param>
public sealed record ModelParameter(string Name, ParameterType Type, string Help)
{
    /// <summary>The longest text the validator lets through, in UTF-16 units. The pages name no limit, so this one is (assumed): far above
    /// any real prompt, low enough to stop an accident before it is paid for.</summary>
    public const int LongestText = 10_000;

    /// <summary>The longest URL the validator lets through, in UTF-16 units (assumed).</summary>
    public const int LongestLink = 2_048;

    /// <summary>Whether a body without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>The values there are, in the page's order; null when the type is the only limit.</summary>
    public IReadOnlyList<JsonElement>? Allowed { get; init; }

    /// <summary>The least number, inclusive.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest number, inclusive.</summary>
    public double? Maximum { get; init; }

    /// <summary>What the provider takes when the parameter is not sent (JSON null: nothing); null when the page names no default. For
    /// information: Reel never fills it in.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>The most UTF-16 units of a text or link; null for other types.</summary>
    public int? MaxLength => Type switch
    {
        ParameterType.Text when Allowed is null => LongestText,
        ParameterType.Link => LongestLink,
        _ => null,
    };
}

using System.Text.Json.Serialization;

namespace Reel.Models;

/// <summary>How models are written for callers: snake case, what does not apply left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(IReadOnlyList<ModelDescription>))]
public sealed partial class ModelJson : JsonSerializerContext;

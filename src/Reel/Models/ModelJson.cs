using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Models;

/// <summary>How models are written for callers: snake case, what does not apply left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(IReadOnlyList<ModelDescription>))]
public sealed partial class ModelJson : JsonSerializerContext
{
    /// <summary>The models' types. Text stays as it is, as in all of the API's answers.</summary>
    public static ModelJson Types => Relaxed.Instance;

    // A class of its own: the generated part's fields must be there first.
    private static class Relaxed
    {
        public static readonly ModelJson Instance = new(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

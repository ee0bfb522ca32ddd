using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Cli.Bulk;

/// <summary>The files of a folder of videos as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchState))]
[JsonSerializable(typeof(BatchResult))]
internal sealed partial class BatchJson : JsonSerializerContext
{
    /// <summary>Text stays as it is.</summary>
    public static BatchJson Types => Relaxed.Instance;

    // A class of its own: the generated part's fields must be there first.
    private static class Relaxed
    {
        public static readonly BatchJson Instance = new(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

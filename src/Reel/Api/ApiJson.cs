using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reel.Generations;

namespace Reel.Api;

/// <summary>How answers are written: snake case, as the provider does, and nothing that is null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(LimitError))]
[JsonSerializable(typeof(DryRunAnswer))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(RequestAnswer))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(BatchListAnswer))]
[JsonSerializable(typeof(DeliveryListAnswer))]
[JsonSerializable(typeof(DeliveryAnswer))]
[JsonSerializable(typeof(EndpointListAnswer))]
[JsonSerializable(typeof(EndpointAnswer))]
[JsonSerializable(typeof(WebhookKeysAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(Progress))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The answers' types. Text stays as it is: answers are JSON, never put into a page, and links should read as links.</summary>
    public static ApiJson Types => Relaxed.Instance;

    // A class of its own: the generated part's fields must be there first.
    private static class Relaxed
    {
        public static readonly ApiJson Instance = new(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

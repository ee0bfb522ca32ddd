using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Client;

/// <summary>The API's types as JSON: snake case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ReelRequest))]
[JsonSerializable(typeof(ReelDryRun))]
[JsonSerializable(typeof(ReelBatch))]
[JsonSerializable(typeof(ReelModel))]
[JsonSerializable(typeof(ReelUsage))]
[JsonSerializable(typeof(RequestPage))]
[JsonSerializable(typeof(BatchPage))]
[JsonSerializable(typeof(ReelDelivery))]
[JsonSerializable(typeof(DeliveryList))]
[JsonSerializable(typeof(ReelEndpoint))]
[JsonSerializable(typeof(EndpointPage))]
[JsonSerializable(typeof(ReelWebhookKeys))]
[JsonSerializable(typeof(ReelProgress))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClientJson : JsonSerializerContext;

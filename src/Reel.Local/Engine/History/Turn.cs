using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Local.Engine.History;

/// <summary>One turn of an orchestrator: what came in, applied one by one, and what it then asked for.</summary>
/// <param name="Time">UTC ticks; the orchestrator's clock for the whole turn.</param>
internal sealed record Turn(long Time, IReadOnlyList<InboundEvent> Inbound, IReadOnlyList<OutboundAction> Outbound)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, HistoryJson.Default.Turn);

    public static Turn FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, HistoryJson.Default.Turn)!;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Turn))]
internal sealed partial class HistoryJson : JsonSerializerContext;

/// <summary>JSON inside JSON as it is, instead of as a string full of escapes.</summary>
internal sealed class RawJson : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value, skipInputValidation: true);
}

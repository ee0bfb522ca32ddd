using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Orchestration;

/// <summary>How inputs, outputs, events and custom statuses are written into histories: the same on both engines.</summary>
public static class OrchestrationJson
{
    /// <summary>Snake case, enums as strings, nulls left out, non-ASCII as it is (a prompt in Chinese should not grow sixfold).</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>A value as JSON.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A value of a type known at run time, as JSON.</summary>
    public static string Write(object? value) => JsonSerializer.Serialize(value, value?.GetType() ?? typeof(object), Options);

    /// <summary>A value from JSON; the type's default for null.</summary>
    public static T? Read<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, Options);

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        return options;
    }
}

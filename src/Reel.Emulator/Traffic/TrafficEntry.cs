using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Emulator.Traffic;

/// <summary>A request to the provider's surface. It never holds a key: headers and query strings are not kept.</summary>
internal sealed class TrafficEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>submit, status, result, download, v1, or other.</summary>
    public required string Kind { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>What was answered; null while there is none, and for good if there never was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? Status { get; set; }

    public string? RequestId { get; set; }

    /// <summary>Whether the request made a job.</summary>
    public bool Accepted { get; set; }

    /// <summary>The kinds of fault that struck it.</summary>
    public string? Faults { get; set; }

    /// <summary>The body of a submit.</summary>
    public JsonElement? Parameters { get; set; }

    /// <summary>About what it takes in memory; a parsed body takes some times its text.</summary>
    [JsonIgnore]
    public long Weight => 500 + (2 * Path.Length) + (3 * (Parameters is { } body ? JsonMarshal.GetRawUtf8Value(body).Length : 0));

    [JsonIgnore]
    public bool IsSubmit => Kind is "submit" or "v1";

    /// <summary>What a submit is told apart by: its prompt, else its image's URL.</summary>
    public string Subject()
    {
        foreach (var name in (ReadOnlySpan<string>)["prompt", "image"])
            if (Parameters is { ValueKind: JsonValueKind.Object } body
                && body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String)
                return value.GetString()!;
        return "";
    }
}

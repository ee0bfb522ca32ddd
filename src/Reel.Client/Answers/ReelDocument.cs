using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Client;

/// <summary>Something that the API answered.</summary>
public abstract record ReelDocument
{
    /// <summary>All of it as it was answered, with what this version of the client does not know.</summary>
    [JsonIgnore]
    public JsonElement Json { get; internal set; }

    /// <summary>Whether it is what the API would say.</summary>
    [JsonIgnore]
    internal virtual bool IsProper => true;
}

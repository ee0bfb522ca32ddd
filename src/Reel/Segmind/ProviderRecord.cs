using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Segmind;

/// <summary>
/// The body of any of the provider's answers. Every member is left as it came: a cost that is a text one day must not make a finished
/// video unreadable.
/// </summary>
internal sealed record ProviderRecord(
    JsonElement RequestId,
    JsonElement Status,
    JsonElement Error,
    JsonElement Detail,
    JsonElement Message,
    JsonElement Output,
    JsonElement Video,
    JsonElement Metrics)
{
    // It is kept in the request's state, which must stay small.
    private const int LongestLink = 2_048;

    /// <summary>The request's id, when it is one.</summary>
    public string? Id => Text(RequestId) is { } id && SegmindAddress.IsRequestId(id) ? id : null;

    /// <summary>QUEUED, PROCESSING, COMPLETED, FAILED, or what else it says; null when it says nothing.</summary>
    public string? State => Text(Status)?.ToUpperInvariant();

    /// <summary>What went wrong, in the provider's words: <c>error</c>, or else what other frameworks call it.</summary>
    public string? ErrorText => Words(Error) ?? Words(Detail) ?? Words(Message);

    /// <summary>The video, when there is a usable URL: in <c>video</c>, or else the first one in <c>output</c>.</summary>
    public RenderedVideo? RenderedVideo => VideoAt(Video) ?? VideoAt(Output);

    public RenderMetrics ReadMetrics() => new(
        Amount("cost"), Amount("remaining_credits"), Seconds("inference_time"), Seconds("queue_time"), Seconds("total_time"));

    private static RenderedVideo? VideoAt(JsonElement place) => place.ValueKind switch
    {
        JsonValueKind.String => Link(place) is { } url ? new(url, null, null, null) : null,
        JsonValueKind.Array => place.EnumerateArray().Select(VideoAt).FirstOrDefault(video => video is not null),
        JsonValueKind.Object when Link(Member(place, "url")) is { } url => new(
            url, Line(Member(place, "content_type")), Line(Member(place, "file_name")), Size(Member(place, "file_size"))),
        JsonValueKind.Object => VideoAt(Member(place, "video")),
        _ => null,
    };

    private static string? Link(JsonElement value) =>
        Text(value) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.AbsoluteUri.Length <= LongestLink ? url.AbsoluteUri : null;

    private static long? Size(JsonElement value) => Number(value) is > 0 and <= long.MaxValue and var size ? (long)size : null;

    private static string? Line(JsonElement value) => Text(value) is { } text && ProviderText.Clean(text) is { Length: > 0 } line ? line : null;

    private decimal? Amount(string name) => Number(Member(Metrics, name));

    private double? Seconds(string name) => Number(Member(Metrics, name)) is >= 0 and var seconds ? (double)seconds : null;

    private static decimal? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String when decimal.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static JsonElement Member(JsonElement place, string name)
    {
        try
        {
            return place.ValueKind is JsonValueKind.Object && place.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            return default; // Half a surrogate pair in one of the names.
        }
    }

    private static string? Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => Text(value) is { Length: > 0 } text ? text : null,
        JsonValueKind.Object when Words(Member(value, "message")) is { } message => message,
        _ => JsonSerializer.Serialize(value, SegmindJson.Default.JsonElement),
    };

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half a surrogate pair, or no UTF-8.
        }
    }
}

/// <summary>How the provider writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProviderRecord))]
internal sealed partial class SegmindJson : JsonSerializerContext;

using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Reel.Models;

/// <summary>Reads text out of JSON that may hold what is no text: half a surrogate pair (<c>"\ud83d"</c>) or bytes that are not UTF-8.</summary>
internal static class JsonText
{
    private const int LongestShown = 60;

    /// <summary>A JSON string's text; null when it is not well-formed Unicode.</summary>
    public static string? Read(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // The only way that the reader tells of it.
        }
    }

    /// <summary>A property's name; as it is written when that is not well-formed Unicode.</summary>
    public static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property));
        }
    }

    /// <summary>A value for a message: as it was written, so that escapes stay visible, and short.</summary>
    public static string Show(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object)
            return "an object";
        if (value.ValueKind is JsonValueKind.Array)
            return "an array";

        var raw = JsonMarshal.GetRawUtf8Value(value);
        var shown = Shorten(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 4 * LongestShown)]));
        return value.ValueKind is JsonValueKind.String && shown.EndsWith('…') ? shown + '"' : shown;
    }

    /// <summary>At most 60 UTF-16 units and an ellipsis; no pair is cut in two.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= LongestShown)
            return text;

        var end = char.IsHighSurrogate(text[LongestShown - 1]) ? LongestShown - 1 : LongestShown;
        return text[..end] + '…';
    }
}

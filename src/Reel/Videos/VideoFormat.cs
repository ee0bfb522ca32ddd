using System.Net.Http.Headers;

namespace Reel.Videos;

/// <summary>Tells a video by its first bytes, so that an error page served with status 200 is not kept as one.</summary>
internal static class VideoFormat
{
    /// <summary>How many first bytes are looked at.</summary>
    public const int HeadLength = 64;

    /// <summary>The content type of a known container, or null for anything else.</summary>
    public static string? Detect(ReadOnlySpan<byte> head)
    {
        // ISO base media (ISO/IEC 14496-12): size, "ftyp", major brand.
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8))
            return head[8..12].SequenceEqual("qt  "u8) ? "video/quicktime" : "video/mp4";
        // EBML (RFC 8794): its header names the document type.
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head[..Math.Min(head.Length, HeadLength)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/x-matroska";
        return null;
    }

    /// <summary>What the bytes look like, for a message.</summary>
    public static string Describe(ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.StartsWith("<"u8)) return "HTML or XML";
        if (text.StartsWith("{"u8) || text.StartsWith("["u8)) return "JSON";
        return "something unknown";
    }

    /// <summary>The type to store: the announced one when it is a video type, else the detected one.</summary>
    public static string Choose(string? announced, string detected) =>
        MediaTypeHeaderValue.TryParse(announced, out var type) && type.MediaType!.StartsWith("video/", StringComparison.OrdinalIgnoreCase)
            ? type.MediaType.ToLowerInvariant()
            : detected;
}

namespace Reel.EndToEnd.Tests.Videos;

internal static class Samples
{
    public const int MiB = 1 << 20;

    /// <summary>Bytes that begin like an MP4 and go on in a way that shows any block in the wrong place.</summary>
    public static byte[] Mp4(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        byte[] head = [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0];
        head.AsSpan(0, Math.Min(head.Length, length)).CopyTo(bytes);
        return bytes;
    }
}

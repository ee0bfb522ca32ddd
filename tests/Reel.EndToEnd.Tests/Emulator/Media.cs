using Reel.Emulator;

namespace Reel.EndToEnd.Tests.Emulator;

/// <summary>The stock videos, from where the emulator has them, and a look inside.</summary>
internal static class Media
{
    public static byte[] Bytes(string name)
    {
        using var stream = typeof(EmulatorServer).Assembly.GetManifestResourceStream($"{name}.mp4")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The length in seconds that the file's movie header tells.</summary>
    public static double Seconds(byte[] mp4)
    {
        var header = mp4.AsSpan(mp4.AsSpan().IndexOf("mvhd"u8) + 4);
        return (double)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header[16..])
            / System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
    }

    public static bool Has(byte[] mp4, string fourLetters) => mp4.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(fourLetters)) >= 0;
}

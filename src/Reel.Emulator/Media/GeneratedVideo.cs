using System.Buffers.Binary;

namespace Reel.Emulator.Media;

/// <summary>
/// A video of any length whose bytes follow from their position, so that nobody has to hold it and anybody can compute its SHA-256. It looks
/// like MP4 to whoever sniffs: a <c>ftyp</c> box, then one <c>mdat</c> box to the end, 40 bytes of header in all. Each byte after that is
/// byte (position mod 8), lowest first, of SplitMix64's output number (position div 8), from state zero. A length under 40 cuts the header.
/// </summary>
public sealed class GeneratedVideo(long length) : ReadOnlyStream
{
    private const int HeaderLength = 40;

    private readonly byte[] header = MakeHeader(length);

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    protected override int Fill(long from, Span<byte> destination)
    {
        if (from < HeaderLength)
        {
            var count = (int)Math.Min(HeaderLength - from, destination.Length);
            header.AsSpan((int)from, count).CopyTo(destination);
            return count;
        }

        var filled = 0;
        Span<byte> word = stackalloc byte[8];
        while (filled < destination.Length)
        {
            var at = from + filled;
            var value = SplitMix64((ulong)at / 8);
            var within = (int)(at % 8);
            if (within == 0 && destination.Length - filled >= 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination[filled..], value);
                filled += 8;
                continue;
            }
            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            var part = word[within..Math.Min(8, within + destination.Length - filled)];
            part.CopyTo(destination[filled..]);
            filled += part.Length;
        }
        return filled;
    }

    private static ulong SplitMix64(ulong number)
    {
        unchecked
        {
            var mixed = (number + 1) * 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }

    private static byte[] MakeHeader(long length)
    {
        var bytes = new byte[HeaderLength];
        "\0\0\0\u0018ftypisom\0\0\u0002\0isommp42"u8.CopyTo(bytes);
        // Size 1 means that the box's real size follows in 64 bits.
        "\0\0\0\u0001mdat"u8.CopyTo(bytes.AsSpan(24));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(32), Math.Max(16, length - 24));
        return bytes;
    }
}

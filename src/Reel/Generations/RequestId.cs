using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Reel.Generations;

/// <summary>
/// Request ids: UUIDs of version 8 whose first 60 time bits run backwards, so that ordinal order is newest first. Engines list by id, and
/// people want the newest first.
/// </summary>
public static class RequestId
{
    /// <summary>A new id for a request accepted at the given time, to a quarter of a microsecond; the other 62 bits are random.</summary>
    public static string New(DateTimeOffset acceptedAt)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);

        return Of(acceptedAt, bytes);
    }

    /// <summary>The first id, in their order, of a time: those of later times come before it.</summary>
    /// <param name="acceptedAt">Not before the Unix epoch.</param>
    public static string First(DateTimeOffset acceptedAt)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        return Of(acceptedAt, bytes);
    }

    /// <summary>When the request of an id was accepted, to a quarter of a microsecond.</summary>
    /// <param name="id">From <see cref="New"/>.</param>
    public static DateTimeOffset AcceptedAt(string id)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.ParseExact(id, "D").TryWriteBytes(bytes, bigEndian: true, out _);
        var head = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var time = (long)(~(head >> 4 & ~0xFFFUL | head & 0xFFF) & 0x0FFF_FFFF_FFFF_FFFF);
        return DateTimeOffset.UnixEpoch.AddMilliseconds(time >> 12).AddTicks((time & 0xFFF) * TimeSpan.TicksPerMillisecond / 4096);
    }

    /// <summary>Whether a text can be a request id at all; any other is unknown without asking.</summary>
    public static bool IsValid(string text) => Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text;

    private static string Of(DateTimeOffset acceptedAt, Span<byte> bytes)
    {
        var sinceEpoch = acceptedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var milliseconds = sinceEpoch / TimeSpan.TicksPerMillisecond;
        var fraction = sinceEpoch % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond;
        var inverted = ~((ulong)milliseconds << 12 | (ulong)fraction) & 0x0FFF_FFFF_FFFF_FFFF;

        BinaryPrimitives.WriteUInt64BigEndian(bytes, (inverted & ~0xFFFUL) << 4 | 0x8000 | inverted & 0xFFF);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }
}

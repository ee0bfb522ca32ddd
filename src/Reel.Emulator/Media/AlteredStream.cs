namespace Reel.Emulator.Media;

/// <summary>A video that is not what it should be: cut short or padded with zeros to another length, or with every byte flipped.</summary>
internal sealed class AlteredStream(Stream inner, long length, bool flipped = false) : ReadOnlyStream
{
    public override long Length => length;

    protected override int Fill(long from, Span<byte> destination)
    {
        if (from >= inner.Length)
        {
            destination.Clear();
            return destination.Length;
        }
        inner.Position = from;
        var read = inner.Read(destination);
        if (flipped)
            foreach (ref var one in destination[..read])
                one = (byte)~one;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

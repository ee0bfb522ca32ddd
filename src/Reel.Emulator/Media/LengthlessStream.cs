namespace Reel.Emulator.Media;

/// <summary>A stream that does not tell how long it is, so that it is sent in chunks and without Content-Length.</summary>
internal sealed class LengthlessStream(Stream inner) : ReadOnlyStream
{
    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    protected override int Fill(long from, Span<byte> destination) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

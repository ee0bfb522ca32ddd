namespace Reel.Emulator.Media;

/// <summary>A stream that gives so many bytes a second and no more, in up to ten portions a second.</summary>
internal sealed class SlowStream(Stream inner, long bytesPerSecond, TimeProvider time) : ReadOnlyStream
{
    public override long Length => inner.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var portion = (int)Math.Min(buffer.Length, Math.Max(1, bytesPerSecond / 10));
        await Task.Delay(TimeSpan.FromSeconds((double)portion / bytesPerSecond), time, cancellationToken);
        return await base.ReadAsync(buffer[..portion], cancellationToken);
    }

    protected override int Fill(long from, Span<byte> destination)
    {
        inner.Position = from;
        return inner.Read(destination);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

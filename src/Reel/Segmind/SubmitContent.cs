using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Reel.Segmind;

/// <summary>
/// A submit's body. It knows whether it was asked for its bytes: as long as it was not, the provider has no request that it could accept.
/// It gives them once; should any layer below ever send a request again on its own, the second time fails instead.
/// </summary>
internal sealed class SubmitContent : HttpContent
{
    private readonly byte[] body;
    private readonly Action onBegun;
    private int begun;

    /// <param name="onBegun">Called right before the first byte goes out.</param>
    public SubmitContent(string json, Action onBegun)
    {
        body = Encoding.UTF8.GetBytes(json);
        this.onBegun = onBegun;
        Headers.ContentType = new MediaTypeHeaderValue("application/json"); // Without a charset: anything else may be "Invalid content type".
    }

    /// <summary>True from just before the first byte goes out.</summary>
    public bool Begun => Volatile.Read(ref begun) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref begun, 1) != 0)
            throw new InvalidOperationException("A submit is sent once.");

        onBegun();
        await stream.WriteAsync(body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}

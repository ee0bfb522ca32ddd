using Microsoft.AspNetCore.Http;

namespace Reel.Api;

/// <summary>Ends with the request, or when storage has taken too long to answer it.</summary>
internal sealed class StorageLimit : IDisposable
{
    // A caller gives up about then.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource patience;
    private readonly CancellationTokenSource either;

    public StorageLimit(HttpContext context, TimeProvider time)
    {
        patience = new CancellationTokenSource(Most, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
    }

    public CancellationToken Token => either.Token;

    public void Dispose()
    {
        either.Dispose();
        patience.Dispose();
    }
}

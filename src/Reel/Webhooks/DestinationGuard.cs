using System.Net;
using System.Net.Sockets;

namespace Reel.Webhooks;

/// <summary>
/// Stands between a URL that a caller gave and the network: resolves the name once, refuses it when any of its addresses is blocked,
/// and connects to one of the addresses that were checked. Looking first and connecting by name would not do: a name may answer
/// differently the second time.
/// Use as <c>new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync, UseProxy = false, AllowAutoRedirect = false }</c>.
/// </summary>
/// <param name="allowPrivateNetworks">Everything but link-local addresses and metadata services may be reached.</param>
/// <param name="resolve">How names are resolved; null for the system's way.</param>
public sealed class DestinationGuard(bool allowPrivateNetworks, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    // So that one dead address of several leaves time for the others within the usual timeouts.
    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(5);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>What is wrong with an address ("a private address"), or null.</summary>
    public string? Refuses(IPAddress address) =>
        allowPrivateNetworks ? BlockedAddresses.KindOfNeverAllowed(address) : BlockedAddresses.KindOf(address);

    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="DestinationRefusedException">The host is blocked. The handler wraps it into an HttpRequestException.</exception>
    /// <exception cref="SocketException">The name was not resolved, or no address answered.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        for (var i = 0; ; i++)
        {
            try
            {
                var patience = i == addresses.Length - 1 ? Timeout.InfiniteTimeSpan : PerAddress;
                return await ConnectAsync(new IPEndPoint(addresses[i], context.DnsEndPoint.Port), patience, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && i < addresses.Length - 1)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        foreach (var address in addresses)
        {
            if (Refuses(address) is { } kind) throw new DestinationRefusedException($"the host resolves to {kind}");
        }

        return addresses;
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint endPoint, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, timeout.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A URL's host may not be connected to. The message says why, without the address, which may be of an inner network.</summary>
public sealed class DestinationRefusedException(string reason) : Exception(reason);

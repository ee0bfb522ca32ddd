using System.Net;
using System.Net.Sockets;

namespace Reel.Cli.Tests.Commands;

/// <summary>An address that stays the same while the server behind it comes and goes. Nothing is understood of what passes.</summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private volatile Uri? target;

    public Relay(Uri target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Where connections go from now on; null for nowhere: they are closed at once.</summary>
    public void Point(Uri? to) => target = to;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = PassAsync(await listener.AcceptTcpClientAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient caller)
    {
        using (caller)
        {
            if (target is not { } to) return;
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, to.Port);
                await Task.WhenAny(caller.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(caller.GetStream()));
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // Its end is all that there is to tell.
            }
        }
    }
}

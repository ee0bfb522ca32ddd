using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Reel.Benchmarks.Webhooks;

/// <summary>Receivers that take every connection and never answer, each at a port of its own.</summary>
internal sealed class DeadReceivers : IDisposable
{
    private readonly List<TcpListener> listeners = [];
    private readonly ConcurrentBag<TcpClient> taken = [];

    public DeadReceivers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(listener);
            _ = TakeAsync(listener);
        }
    }

    public IReadOnlyList<string> Urls => [.. listeners.Select(listener => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook")];

    /// <summary>How many were taken.</summary>
    public int Connections => taken.Count;

    public void Dispose()
    {
        foreach (var listener in listeners) listener.Dispose();
        foreach (var client in taken) client.Dispose();
    }

    private async Task TakeAsync(TcpListener listener)
    {
        try
        {
            while (true) taken.Add(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
        }
    }
}

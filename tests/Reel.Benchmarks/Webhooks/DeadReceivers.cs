using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Reel.Benchmarks.Webhooks;

/// <summary>Receivers that take every connection and never answer, or only every other one, each at a port of its own.</summary>
internal sealed class DeadReceivers : IDisposable
{
    private readonly List<TcpListener> listeners = [];
    private readonly ConcurrentBag<TcpClient> taken = [];

    private readonly bool answersHalf;
    private int hanging;

    public DeadReceivers(int count, bool answersHalf)
    {
        this.answersHalf = answersHalf;
        for (var i = 0; i < count; i++)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(listener);
            _ = TakeAsync(listener);
        }
    }

    public IReadOnlyList<string> Urls => [.. listeners.Select(listener => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook")];

    /// <summary>How many connections were taken and not answered.</summary>
    public int Hanging => hanging;

    public void Dispose()
    {
        foreach (var listener in listeners) listener.Dispose();
        foreach (var client in taken) client.Dispose();
    }

    private async Task TakeAsync(TcpListener listener)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var client = await listener.AcceptTcpClientAsync();
                taken.Add(client);
                if (answersHalf && number % 2 == 0) await AnswerAsync(client);
                else Interlocked.Increment(ref hanging);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException or IOException)
        {
        }
    }

    // The sender closes the connection, so that the next attempt brings a new one.
    private static async Task AnswerAsync(TcpClient client)
    {
        var stream = client.GetStream();
        _ = await stream.ReadAsync(new byte[16 * 1024]);
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray());
    }
}

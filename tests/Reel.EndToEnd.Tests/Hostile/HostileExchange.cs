using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Reel.Hostile;

/// <summary>What became of a request.</summary>
/// <param name="Answers">Several where something behind the request was taken for another.</param>
/// <param name="IsOver">The server, or the caller by its pace, has ended it.</param>
/// <param name="IsClean">The server closed the connection without an error.</param>
internal sealed record HostileExchange(IReadOnlyList<HostileAnswer> Answers, bool IsOver, bool IsClean, TimeSpan Took)
{
    // The limits are 60 s for a body, 30 s for headers, 130 s for a connection without a request; a machine may be busy.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>Sends a request over a connection of its own, and reads until the server closes that.</summary>
    public static async Task<HostileExchange> RunAsync(Uri server, HostileRequest request)
    {
        var watch = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(Limit);
        using var received = new MemoryStream();
        var (isOver, isClean) = (true, false);
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(server.Host, server.Port, limit.Token);
            await using var stream = client.GetStream();
            await SendAsync(client.Client, stream, request, limit.Token);
            if (request.Pace == Pace.Reset) client.LingerState = new LingerOption(true, 0);
            else isClean = await ReceiveAsync(client.Client, stream, request, received, limit.Token);
        }
        catch (OperationCanceledException)
        {
            isOver = false;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Closed in the middle of what makes no sense.
        }

        var isHead = request.Bytes.AsSpan().StartsWith("HEAD "u8);
        return new HostileExchange(HostileAnswer.Read(Encoding.Latin1.GetString(received.ToArray()), isHead), isOver, isClean, watch.Elapsed);
    }

    private static async Task SendAsync(Socket socket, NetworkStream stream, HostileRequest request, CancellationToken cancellationToken)
    {
        var bytes = request.Bytes.AsMemory(0, request.Sent);
        var piece = request.Pace == Pace.InPieces ? Math.Max(1, bytes.Length / 5) : Math.Max(1, bytes.Length);
        for (var at = 0; at < bytes.Length; at += piece)
        {
            // The gap between two pieces is what is tried here.
            if (at > 0) await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            await stream.WriteAsync(bytes[at..Math.Min(at + piece, bytes.Length)], cancellationToken);
        }

        if (request.Pace == Pace.CutOff) socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<bool> ReceiveAsync(Socket socket, NetworkStream stream, HostileRequest request, MemoryStream received, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var isHalfClosed = request.Pace != Pace.HalfClosed;
        while (true)
        {
            var reading = stream.ReadAsync(buffer, cancellationToken).AsTask();
            if (!isHalfClosed && await Task.WhenAny(reading, Task.Delay(Silence, cancellationToken)) != reading)
            {
                socket.Shutdown(SocketShutdown.Send);
                isHalfClosed = true;
            }

            var read = await reading;
            if (read == 0) return true;
            received.Write(buffer, 0, read);
        }
    }
}

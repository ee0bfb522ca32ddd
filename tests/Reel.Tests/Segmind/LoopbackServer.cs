using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Reel.Tests.Segmind;

/// <summary>
/// A server of bare sockets on a free port of the loopback, for what a real web server hides: resets, hangs, half answers, connections counted. Every
/// request that arrives whole is noted, then handed to the script.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopped = new();
    private readonly ConcurrentQueue<Received> requests = new();
    private readonly ConcurrentBag<Task> conversations = [];
    private readonly Func<Exchange, Task> script;
    private readonly Action<Socket>? greet;
    private readonly Task accepting;
    private int connections;

    /// <param name="greet">Done to each connection before anything is read from it.</param>
    public LoopbackServer(Func<Exchange, Task> script, Action<Socket>? greet = null)
    {
        this.script = script;
        this.greet = greet;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>A server that gives these answers in turn, the last one for ever.</summary>
    public static LoopbackServer Answering(params Func<Exchange, Task>[] answers)
    {
        var next = -1;
        return new(exchange => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)](exchange));
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public IReadOnlyList<Received> Requests => [.. requests];

    public int Connections => Volatile.Read(ref connections);

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(conversations);
        stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopped.Token);
                Interlocked.Increment(ref connections);
                conversations.Add(ConverseAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            // The server was stopped.
        }
    }

    private async Task ConverseAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                greet?.Invoke(socket);
                using var stream = new NetworkStream(socket);
                while (await ReadAsync(stream) is { } request)
                {
                    requests.Enqueue(request);
                    await script(new(request, socket, stream, stopped.Token));
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One of the two hung up.
            }
        }
    }

    private async Task<Received?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, stopped.Token) == 0)
                return null;
            head.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stopped.Token);
        var line = lines[0].Split(' ');
        return new(line[0], line[1], line[2], headers, Encoding.UTF8.GetString(body));
    }
}

/// <summary>A request as it arrived.</summary>
internal sealed record Received(string Method, string Path, string Version, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A request and the wire to answer it on.</summary>
internal sealed record Exchange(Received Request, Socket Socket, NetworkStream Stream, CancellationToken Stopped)
{
    /// <summary>A whole answer; the connection stays open.</summary>
    public Task AnswerAsync(int status, string body, string headers = "", string contentType = "application/json") => WriteAsync(
        $"HTTP/1.1 {status} Whatever\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}");

    /// <summary>These characters, and nothing more.</summary>
    public async Task WriteAsync(string text) => await Stream.WriteAsync(Encoding.UTF8.GetBytes(text), Stopped);

    /// <summary>Hangs up in order.</summary>
    public void Close() => Socket.Close();

    /// <summary>Hangs up with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new(true, 0);
        Socket.Close();
    }

    /// <summary>Says nothing until the server goes.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, Stopped);
}

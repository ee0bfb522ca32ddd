using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>
/// A download server that sends exactly the bytes it is told to and ends the connection as told, which a real web server would not do. One script
/// per connection; the script has read the request's head.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> heads = [];
    private readonly Task accepting;

    public ScriptedServer(Func<Connection, Task> script)
    {
        listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/files/clip%20one.mp4?signature=s3cret");
        accepting = AcceptAsync(script);
    }

    /// <summary>Where the video is.</summary>
    public Uri Url { get; }

    /// <summary>The heads of the requests so far.</summary>
    public IReadOnlyList<string> Heads
    {
        get { lock (heads) return [.. heads]; }
    }

    /// <summary>Sends one whole response with a Content-Length, unless told otherwise.</summary>
    public static ScriptedServer Sending(byte[] body, string status = "200 OK", string headers = "Content-Type: video/mp4\r\n") =>
        new(connection => connection.SendAsync(body, status, headers));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<Connection, Task> script)
    {
        var running = new List<Task>();
        try
        {
            while (true) running.Add(ServeAsync(await listener.AcceptSocketAsync(stop.Token), script));
        }
        // The last is what a listener says that was stopped between two connections.
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket socket, Func<Connection, Task> script)
    {
        using var connection = new Connection(socket, stop.Token);
        try
        {
            var head = await connection.ReadHeadAsync();
            lock (heads) heads.Add(head);
            await script(connection);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, as some scripts want it to.
        }
    }

    internal sealed class Connection(Socket socket, CancellationToken stop) : IDisposable
    {
        private readonly NetworkStream stream = new(socket, ownsSocket: true);

        /// <summary>Ends when the test does.</summary>
        public CancellationToken Stop => stop;

        /// <summary>The request's head.</summary>
        public string Head { get; private set; } = "";

        /// <summary>A header of the request; null when it has none.</summary>
        public string? this[string header] => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith(header + ": ", StringComparison.OrdinalIgnoreCase))?[(header.Length + 2)..];

        public async Task SendAsync(byte[] body, string status = "200 OK", string headers = "Content-Type: video/mp4\r\n")
        {
            await HeadAsync($"Content-Length: {body.Length}\r\n" + headers, status);
            await WriteAsync(body);
        }

        public Task HeadAsync(string headers, string status = "200 OK") =>
            WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n"));

        public Task WriteAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes, stop).AsTask();

        public async Task ChunkAsync(ReadOnlyMemory<byte> bytes)
        {
            await WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"));
            await WriteAsync(bytes);
            await WriteAsync("\r\n"u8.ToArray());
        }

        /// <summary>Breaks the connection with a reset instead of an orderly end.</summary>
        public void Reset() => socket.Close(0);

        public async Task<string> ReadHeadAsync()
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(one, stop) == 0) throw new IOException("The client sent no request.");
                head.Append((char)one[0]);
            }
            return Head = head.ToString();
        }

        public void Dispose() => stream.Dispose();
    }
}

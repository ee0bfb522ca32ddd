using System.Net.Sockets;
using System.Text;

namespace Reel.Functions.Tests.Api;

/// <summary>A request over a bare socket: the whole body is sent, whatever the server says meanwhile.</summary>
internal static class RawRequest
{
    /// <summary>Sends head and body and reads the answer to the end of the connection.</summary>
    /// <param name="head">Request line and headers without Host, one per line, no empty line at the end.</param>
    public static async Task<string> SendAsync(Uri server, string head, params ReadOnlyMemory<byte>[] body)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, deadline.Token);
        var stream = socket.GetStream();

        var lines = head.ReplaceLineEndings("\r\n") + $"\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(lines), deadline.Token);
        foreach (var part in body) await stream.WriteAsync(part, deadline.Token);

        using var answer = new StreamReader(stream, Encoding.UTF8);
        return await answer.ReadToEndAsync(deadline.Token);
    }

    /// <summary>One piece of a chunked body.</summary>
    public static ReadOnlyMemory<byte> Chunk(int length) => Encoding.ASCII.GetBytes($"{length:x}\r\n{new string(' ', length)}\r\n");

    /// <summary>The end of a chunked body.</summary>
    public static ReadOnlyMemory<byte> LastChunk { get; } = "0\r\n\r\n"u8.ToArray();
}

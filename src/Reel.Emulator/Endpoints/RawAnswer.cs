using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Reel.Emulator.Endpoints;

/// <summary>
/// Answers that break HTTP's rules. Kestrel keeps to them, and drops what it has not sent yet when a connection is aborted; so these bytes go
/// to the socket past Kestrel, and a caller surely sees the beginning before it sees the break.
/// </summary>
internal static class RawAnswer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Announces a length and sends another; then the connection is no good any more.</summary>
    /// <param name="reset">Ends with a reset, else in the ordinary way.</param>
    /// <param name="headers">More header lines, each with its line end.</param>
    public static async Task SendRawAsync(this Exchange exchange, int status, string contentType, long announced, Stream body, bool reset, string headers = "")
    {
        exchange.Note(status);
        var socket = exchange.Context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        var head = $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nDate: {exchange.Date}\r\n"
            + $"Content-Type: {contentType}\r\nContent-Length: {announced}\r\n{headers}\r\n";
        await SendAsync(socket, Encoding.ASCII.GetBytes(head), exchange.Ended);

        if (!HttpMethods.IsHead(exchange.Context.Request.Method))
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, exchange.Ended)) > 0;)
                await SendAsync(socket, buffer.AsMemory(0, read), exchange.Ended);
        }

        if (!reset)
        {
            // Aborting drops what the system has not delivered yet; the caller, once it has read all, closes its side.
            socket.Shutdown(SocketShutdown.Send);
            await Task.Delay(Patience, exchange.Ended).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        exchange.Context.Abort();
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }
}

using System.Text;

namespace Reel.Hostile;

/// <summary>Rows of the error table that no HTTP client sends: bodies that break their own frame, or stop on the way.</summary>
internal static class BrokenBodies
{
    /// <summary>Each status with its code.</summary>
    public static IEnumerable<(int Status, string Code)> Codes { get; } = [(400, "invalid_request"), (408, "request_timeout")];

    /// <summary>Sends them to a host that knows the key of the error table.</summary>
    public static async Task AssertAsync(Uri server)
    {
        await AssertAsync(server, "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{", Pace.AtOnce, 400, "invalid_request");
        await AssertAsync(server, "Transfer-Encoding: chunked\r\n\r\nzz\r\n{", Pace.AtOnce, 400, "invalid_request");

        // The server's own limit: five seconds, and then at least 240 bytes a second.
        await AssertAsync(server, "Content-Length: 100\r\n\r\n{", Pace.Stalled, 408, "request_timeout");
    }

    /// <summary>Sends more at once than the server's own limit, an average, would have in an hour, and then nothing; to a host whose minute is short.</summary>
    public static Task AssertStallAsync(Uri server) =>
        AssertAsync(server, $"Content-Length: 1000000\r\n\r\n{new string(' ', 900_000)}", Pace.Stalled, 408, "request_timeout");

    private static async Task AssertAsync(Uri server, string rest, Pace pace, int status, string code)
    {
        var head = $"POST /v2/kling-2.6 HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\nx-api-key: desk-key-of-sixteen-characters\r\nContent-Type: application/json\r\n";
        var bytes = Encoding.ASCII.GetBytes(head + rest);
        var exchange = await HostileExchange.RunAsync(server, new HostileRequest(bytes, pace, bytes.Length, null, "/v2/kling-2.6"));
        var answer = Assert.Single(exchange.Answers);
        Assert.Equal((status, code), (answer.Status, (string?)answer.Json()!["error_code"]));
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Reel.EndToEnd.Tests.Videos;

/// <summary>
/// A server of one file, whose connections end as they are told to. It gives the rest of the file where it is asked for with the right validator, as
/// RFC 9110 has it.
/// </summary>
/// <param name="file">What it has by now.</param>
/// <param name="validators">Headers of its answers.</param>
internal sealed partial class BreakingServer(byte[] file, string validators)
{
    public const string Tag = "ETag: \"one\"\r\n";

    private long sent;
    private int requests;

    /// <summary>The requests so far, this one included.</summary>
    public int Requests => requests;

    /// <summary>The bytes of all bodies.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Counts a request and answers it with at most so many bytes of what was asked for; then the connection ends.</summary>
    public Task ServeAsync(ScriptedServer.Connection connection, int most)
    {
        var from = connection["Range"] is { } range && connection["If-Range"] is { } condition && validators.Contains(condition, StringComparison.Ordinal)
            ? int.Parse(Start().Match(range).Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;
        return from == 0
            ? SendAsync(connection, 0, most, "200 OK", "")
            : SendAsync(connection, from, most, "206 Partial Content", $"Content-Range: bytes {from}-{file.Length - 1}/{file.Length}\r\n");
    }

    /// <summary>The same with a head of its own.</summary>
    public async Task SendAsync(ScriptedServer.Connection connection, int from, int most, string status, string headers)
    {
        Count();
        var part = file.AsMemory(from, Math.Min(most, file.Length - from));
        Interlocked.Add(ref sent, part.Length);
        await connection.HeadAsync($"Content-Length: {file.Length - from}\r\n{headers}{validators}", status);
        await connection.WriteAsync(part);
    }

    public int Count() => Interlocked.Increment(ref requests);

    [GeneratedRegex(@"^bytes=(\d+)-$")]
    private static partial Regex Start();
}

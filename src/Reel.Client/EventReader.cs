using System.Text;

namespace Reel.Client;

/// <summary>An event as the server sent it.</summary>
internal sealed record ServerEvent(string Name, string? Id, string Data);

/// <summary>Reads Server-Sent Events, and takes a stream that has been silent for too long as one that has ended.</summary>
internal sealed class EventReader(Stream stream, TimeSpan mostSilence) : IDisposable
{
    private readonly StreamReader reader = new(stream, Encoding.UTF8);

    /// <summary>The next event; null when the stream has ended, broken or fallen silent.</summary>
    public async Task<ServerEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        var (name, id, data) = ("message", (string?)null, new StringBuilder());
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0) return new ServerEvent(name, id, data.ToString(0, data.Length - 1));
                (name, id) = ("message", null);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "event") name = value;
            else if (field == "id") id = value;
            else if (field == "data") data.Append(value).Append('\n');
        }

        return null;
    }

    public void Dispose() => reader.Dispose();

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(mostSilence);
        try
        {
            return await reader.ReadLineAsync(limit.Token);
        }
        catch (Exception exception) when (Connection.IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

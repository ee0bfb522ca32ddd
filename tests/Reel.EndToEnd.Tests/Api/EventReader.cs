using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>What came over a stream of events.</summary>
/// <param name="Name">The event's; "comment" and "retry" for those lines.</param>
internal sealed record StreamEvent(string Name, string? Id, string Text)
{
    public JsonNode Data => JsonNode.Parse(Text)!;

    public string? Stage => (string?)Data["stage"];

    public double? Fraction => Name == "progress" ? (double?)Data["fraction"] : (double?)Data["progress"]?["fraction"];
}

/// <summary>Reads Server-Sent Events as they come.</summary>
internal sealed class EventReader(HttpResponseMessage response) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private StreamReader? reader;

    public HttpResponseMessage Response => response;

    /// <summary>The next event; null at the stream's end.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        reader ??= new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        var (name, id, text) = ("message", (string?)null, "");
        for (var lines = 0; await reader.ReadLineAsync(patience.Token) is { } line; lines++)
        {
            if (line.Length == 0) return new StreamEvent(name, id, text);
            var (field, value) = line.Split(": ", 2) is [var before, var after] ? (before, after) : (line, "");
            switch (field)
            {
                case "event": name = value; break;
                case "id": id = value; break;
                case "data": text += value; break;
                case "retry": (name, text) = ("retry", value); break;
                case "": (name, text) = ("comment", value); break;
                default: Assert.Fail($"No line of an event: {line}"); break;
            }
        }

        return null;
    }

    /// <summary>The next event of a name; others are passed over, the end is a failure.</summary>
    public async Task<StreamEvent> NextAsync(string name)
    {
        while (await NextAsync() is { } next)
            if (next.Name == name) return next;
        Assert.Fail($"The stream ended without {name}.");
        return null;
    }

    /// <summary>All that is left until the stream ends.</summary>
    public async Task<List<StreamEvent>> RestAsync()
    {
        var rest = new List<StreamEvent>();
        while (await NextAsync() is { } next) rest.Add(next);
        return rest;
    }

    public void Dispose()
    {
        reader?.Dispose();
        response.Dispose();
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Reel.Client;

/// <summary>Requests as they change.</summary>
public sealed class Events
{
    // The API sends at least a comment every 15 seconds.
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);
    private const int MostFruitless = 3;

    private readonly Connection connection;
    private readonly Requests requests;

    internal Events(Connection connection, Requests requests) => (this.connection, this.requests) = (connection, requests);

    /// <summary>
    /// What happens to a request, from its present state to its final one. Reads the API's stream of events and comes back to it where it breaks off; asks
    /// for the state again and again where something in between does not let streams through.
    /// </summary>
    public async IAsyncEnumerable<RequestUpdate> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? seen = null;
        for (var fruitless = 0; fruitless < MostFruitless; fruitless++)
        {
            using var stream = await OpenAsync(id, seen, cancellationToken);
            if (stream is null) break;
            using var reader = new EventReader(stream, MostSilence);
            while (await reader.ReadAsync(cancellationToken) is { } received)
            {
                if (Update(received) is not { } update) continue;
                (seen, fruitless) = (received.Id ?? seen, 0);
                yield return update;
                if (update.State is { IsFinal: true }) yield break;
            }

            await Task.Delay(LeastPause, connection.Time, cancellationToken);
        }

        await foreach (var update in PollAsync(id, cancellationToken)) yield return update;
    }

    /// <summary>The stream; null when the server has none for this request, be it that it has ended, be it that there are no streams here.</summary>
    private async Task<Stream?> OpenAsync(string id, string? seen, CancellationToken cancellationToken)
    {
        var call = new Call(HttpMethod.Get, $"v2/requests/{Paths.Segment(id)}/events")
        {
            Headers = seen is null ? [("Accept", "text/event-stream")] : [("Accept", "text/event-stream"), ("Last-Event-ID", seen)],
        };
        var patience = connection.NewPatience();
        while (true)
        {
            try
            {
                var response = await connection.OpenAsync(call, cancellationToken);
                if (response.Content.Headers.ContentType?.MediaType == "text/event-stream") return await response.Content.ReadAsStreamAsync(cancellationToken);
                response.Dispose();
                return null;
            }
            catch (ReelException exception) when (exception.IsTransient)
            {
                await connection.WaitAsync(patience, exception, cancellationToken);
            }
            catch (ReelException exception) when (exception.Status is 404 or 405 or 406 or 501)
            {
                return null; // Asking for the state will say which it is.
            }
        }
    }

    private async IAsyncEnumerable<RequestUpdate> PollAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wait = TimeSpan.Zero;
        while (true)
        {
            var asked = connection.Time.GetTimestamp();
            var state = await requests.StatusAsync(id, wait, cancellationToken);
            yield return new RequestUpdate(state, state.Progress);
            if (state.IsFinal) yield break;

            // A server that does not wait is not to be asked without a pause.
            wait = LongPoll;
            var rest = LeastPause - connection.Time.GetElapsedTime(asked);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, connection.Time, cancellationToken);
        }
    }

    private static RequestUpdate? Update(ServerEvent received)
    {
        if (ErrorAnswer.TryParse(Encoding.UTF8.GetBytes(received.Data)) is not { ValueKind: JsonValueKind.Object } json) return null;
        if (received.Name == "progress") return new RequestUpdate(null, json.Deserialize(ClientJson.Default.ReelProgress));
        if (received.Name != "status") return null;
        var state = Connection.Read(json, ClientJson.Default.ReelRequest);
        return new RequestUpdate(state, state.Progress);
    }
}

/// <summary>What happened to a request.</summary>
/// <param name="State">It as it now is; null when only its progress changed.</param>
/// <param name="Progress">Null when it FAILED.</param>
public sealed record RequestUpdate(ReelRequest? State, ReelProgress? Progress);

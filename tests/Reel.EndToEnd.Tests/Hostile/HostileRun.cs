using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Reel.Hostile;

/// <summary>Sends hostile requests to a server, many at once, and looks at every answer.</summary>
/// <param name="owner">The key whose requests there are.</param>
/// <param name="stranger">A key that is to see nothing of them.</param>
internal sealed class HostileRun(Uri server, string owner, string stranger, int seed) : IDisposable
{
    private const int AtOnce = 24;

    // What is known is cancelled and deleted by and by.
    private const int RenewEvery = 250;

    private const int MostFaults = 20;

    private readonly ConcurrentDictionary<int, int> statuses = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly HttpClient http = new() { BaseAddress = server, DefaultRequestHeaders = { { "x-api-key", owner } } };
    private int unanswered;
    private int accepted;
    private (TimeSpan Took, HostileRequest? Request) slowest;
    private int done;

    /// <summary>Sends so many.</summary>
    /// <param name="progress">Told after every tenth of them how many there were.</param>
    public async Task<HostileReport> RunAsync(int count, Action<int>? progress = null)
    {
        var hostile = new HostileRequests(seed, server.Authority, stranger) { Known = await KnowAsync(0) };
        await Parallel.ForEachAsync(NextAsync(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) =>
        {
            await SendAsync(one.Request, one.Known);
            if (Interlocked.Increment(ref done) is var number && number % Math.Max(1, count / 10) == 0) progress?.Invoke(number);
        });
        return new HostileReport(count, seed, new SortedDictionary<int, int>(statuses), unanswered, accepted, slowest.Took, Show(slowest.Request?.Bytes ?? []), [.. faults]);

        async IAsyncEnumerable<(HostileRequest Request, Foothold Known)> NextAsync()
        {
            for (var number = 0; number < count && faults.Count < MostFaults; number++)
            {
                if (number % RenewEvery == RenewEvery - 1) hostile.Known = await KnowAsync(number);
                yield return (hostile.Next(), hostile.Known);
            }
        }
    }

    public void Dispose() => http.Dispose();

    private async Task SendAsync(HostileRequest request, Foothold known)
    {
        var exchange = await HostileExchange.RunAsync(server, request);
        foreach (var answer in exchange.Answers)
        {
            statuses.AddOrUpdate(answer.Status, 1, (_, many) => many + 1);
            if (answer.Status == 200 && answer.Body.StartsWith("{\"status\":\"QUEUED\"", StringComparison.Ordinal)) Interlocked.Increment(ref accepted);
        }

        if (exchange.Answers.Count == 0 && request.Pace is not (Pace.Reset or Pace.CutOff)) Interlocked.Increment(ref unanswered);
        lock (statuses)
        {
            if (exchange.Took > slowest.Took) slowest = (exchange.Took, request);
        }

        if (HostileJudge.Fault(request, exchange, known) is { } fault)
            faults.Enqueue($"A request (seed {seed}, {request.Pace}, {request.Sent} of {request.Bytes.Length} bytes sent) {fault}\n\nIt was:\n{Show(request.Bytes)}");
    }

    /// <summary>Makes the owner something to attack.</summary>
    private async Task<Foothold> KnowAsync(int number)
    {
        var secret = string.Create(CultureInfo.InvariantCulture, $"secret-of-{seed}");
        var body = new JsonObject { ["prompt"] = "a lighthouse", ["metadata"] = new JsonObject { ["secret"] = secret } };
        var stuck = new JsonObject { ["prompt"] = "a lighthouse [stuck]", ["metadata"] = new JsonObject { ["secret"] = secret, ["number"] = number } };
        var item = new JsonObject { ["model"] = "kling-2.6", ["prompt"] = "a lighthouse", ["metadata"] = new JsonObject { ["secret"] = secret } };
        List<string> ids = [await PostAsync("/v2/kling-2.6", body, "request_id"), await PostAsync("/v2/kling-2.6", stuck, "request_id")];
        var batch = await PostAsync("/v2/batches", new JsonObject { ["requests"] = new JsonArray(item), ["concurrency"] = 1 }, "batch_id");
        var list = await http.GetFromJsonAsync<JsonObject>("/v2/requests?limit=1");
        string[] cursors = (string?)list!["next_cursor"] is { } cursor ? [cursor, "0"] : ["0"];
        return new Foothold(owner, secret, ids, [batch], cursors);
    }

    private async Task<string> PostAsync(string path, JsonObject body, string member)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? (string)JsonNode.Parse(text)![member]! : throw new InvalidOperationException($"{path} was answered {(int)answer.StatusCode}: {text}");
    }

    private static string Show(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 3_000));
        return string.Concat(text.Select(one => one is '\r' ? "" : one is '\n' or (>= ' ' and <= '~') ? $"{one}" : $"\\x{(int)one:x2}"));
    }
}

/// <summary>What came of a run.</summary>
/// <param name="Statuses">How often each was answered.</param>
/// <param name="Unanswered">Connections that were closed without an answer, although the request did not end them itself.</param>
/// <param name="Accepted">Answers to submits that were accepted, replays included.</param>
/// <param name="Slowest">The longest that an exchange took.</param>
/// <param name="SlowestRequest">Which one did.</param>
/// <param name="Faults">In words, each with its request.</param>
internal sealed record HostileReport(
    int Count, int Seed, SortedDictionary<int, int> Statuses, int Unanswered, int Accepted, TimeSpan Slowest, string SlowestRequest, IReadOnlyList<string> Faults)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} requests, seed {Seed}: {string.Join(", ", Statuses.Select(one => $"{one.Value} x {one.Key}"))}; {Unanswered} closed without an answer; "
        + $"{Accepted} accepted; the slowest took {Slowest.TotalSeconds:0.0} s; {Faults.Count} faults\nThe slowest:\n{SlowestRequest[..Math.Min(SlowestRequest.Length, 500)]}\n{string.Join("\n\n", Faults.Take(5))}");
}

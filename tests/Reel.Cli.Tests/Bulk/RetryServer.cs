using System.Globalization;
using System.Text.Json.Nodes;
using Reel.Cli.Tests.Client;

namespace Reel.Cli.Tests.Bulk;

/// <summary>When the command dies.</summary>
internal enum Death
{
    Never,
    BeforeTheOrder,
    AfterTheOrder,
}

/// <summary>A batch as it was ordered.</summary>
internal sealed record Order(string Key, string Batch, string Lines, string Query = "", string Body = "");

/// <summary>
/// A server on which line 1 fails unpaid, 2 fails paid, and 3 in a way that nobody knows; which takes no line that is bad; and with which the command dies when
/// it is to.
/// </summary>
internal sealed class RetryServer
{
    public List<Order> Orders { get; } = [];

    public int Calls { get; private set; }

    /// <summary>Whether what is ordered again fails as well.</summary>
    public bool Fails { get; set; } = true;

    /// <summary>Whether also what is ordered for the first time is rendered.</summary>
    public bool IsWell { get; set; }

    public bool Refuses { get; set; }

    public bool DayIsSpent { get; set; }

    public bool Resubmitted { get; set; }

    /// <summary>Whether requests are not there any more when they are asked for by themselves.</summary>
    public bool Deleted { get; set; }

    /// <summary>A line that does not end when it is ordered again.</summary>
    public int? Slow { get; set; }

    public Death Dies { get; set; }

    /// <summary>Told when somebody looks at a batch.</summary>
    public Func<string, Task>? Look { get; set; }

    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var (status, answer) = request.Method == HttpMethod.Post ? Take(request.Headers.GetValues("Idempotency-Key").Single(), request.RequestUri.Query, body)
            : path == "/v2/batches" ? (200, """{"batches": []}""")
            : path.EndsWith("/requests", StringComparison.Ordinal) ? (200, Requests(Orders.Single(order => path == $"/v2/batches/{order.Batch}/requests")))
            : path.StartsWith("/v2/batches/", StringComparison.Ordinal) ? (200, await LookAsync(path["/v2/batches/".Length..]))
            : Deleted ? (404, """{"error": "not found", "error_code": "not_found"}""")
            : (200, Single(Guid.Parse(path["/v2/requests/".Length..])));
        return FakeServer.Json(status, answer)(new Client.Call(request.Method.Method, path, new Dictionary<string, string>(), body));
    }

    private (int Status, string Answer) Take(string key, string query, string body)
    {
        Calls++;
        if (Dies == Death.BeforeTheOrder) throw new InvalidOperationException("killed");
        if (Refuses) return (400, """{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[0].model": "is no more"}}""");
        if (DayIsSpent) return (429, """{"error": "e", "error_code": "usd_per_day_limit", "limit": {"name": "usd_per_day", "value": 1, "used": 1, "asked": 1}}""");
        var lines = body.Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        if (lines.FindIndex(line => line["bad"] is not null) is >= 0 and var at)
            return (400, $$$"""{"error": "e", "error_code": "invalid_parameters", "errors": {"requests[{{{at}}}].prompt": "is wrong"}}""");
        if (!Orders.Any(order => order.Key == key)) Orders.Add(new Order(key, $"batch-{Orders.Count + 1}", string.Join(' ', lines.Select(line => (int)line["n"]!)), query, body));
        if (Dies == Death.AfterTheOrder) throw new InvalidOperationException("killed");
        return (200, Batch(Orders.Single(order => order.Key == key).Batch));
    }

    private async Task<string> LookAsync(string id)
    {
        if (Look is not null) await Look(id);
        return Batch(id);
    }

    private string Batch(string id)
    {
        var status = Slow is not null && id != "batch-1" ? "PROCESSING" : "COMPLETED";
        return $$"""{"status": "{{status}}", "batch_id": "{{id}}", "counts": {"total": 3, "queued": 0, "in_flight": 0, "completed": 0, "failed": 3}, "concurrency": 1}""";
    }

    private string Requests(Order order) => new JsonObject
    {
        ["requests"] = new JsonArray([.. order.Lines.Split(' ').Select((line, at) => State(int.Parse(line, CultureInfo.InvariantCulture), at, Orders.IndexOf(order)))]),
    }.ToJsonString();

    // The line and the order are in the id.
    private JsonObject State(int line, int at, int order)
    {
        var state = new JsonObject { ["request_id"] = new Guid(line, (short)order, 0, new byte[8]).ToString(), ["batch_index"] = at };
        if (order > 0 && line == Slow) return With(state, "PROCESSING", null, null, null);
        if (IsWell || (!Fails && order > 0)) return With(state, "COMPLETED", null, "yes", 1);
        return line switch
        {
            1 => With(state, "FAILED", "provider_failed", "no", 0),
            2 => With(state, "FAILED", "save_failed", "yes", 2),
            _ => With(state, "FAILED", "submit_outcome_unknown", "unknown", null),
        };
    }

    private static JsonObject With(JsonObject state, string status, string? code, string? charged, decimal? cost)
    {
        state["status"] = status;
        if (charged is not null) state["charged"] = charged;
        if (code is not null) state["error_code"] = code;
        if (cost is { } dollars) state["cost"] = dollars;
        if (status == "COMPLETED") state["video_gone"] = true;
        return state;
    }

    private string Single(Guid id)
    {
        var line = BitConverter.ToInt32(id.ToByteArray());
        var state = State(line, 0, BitConverter.ToInt16(id.ToByteArray().AsSpan(4)));
        if (Resubmitted && line == 3) state["resubmitted_as"] = Guid.Empty.ToString();
        return state.ToJsonString();
    }
}

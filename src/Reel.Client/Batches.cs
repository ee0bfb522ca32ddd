using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Reel.Client;

/// <summary>Many requests at once.</summary>
public sealed class Batches
{
    /// <summary>The most requests of a batch.</summary>
    public const int MostRequests = 1_000;

    /// <summary>The largest batch, in bytes of UTF-8.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private readonly Connection connection;

    internal Batches(Connection connection) => this.connection = connection;

    /// <summary>Submits a batch as JSON Lines. It always goes out with an idempotency key.</summary>
    /// <param name="lines">A request on each: a JSON object with <c>model</c> and the model's parameters; without line breaks.</param>
    /// <returns>It as accepted, with the ids of its requests.</returns>
    public Task<ReelBatch> SubmitAsync(IReadOnlyList<string> lines, BatchOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = string.Join('\n', lines);
        var path = Paths.WithQuery(
            "v2/batches",
            ("concurrency", Paths.Of(options?.Concurrency)),
            ("webhook_url", options?.WebhookUrl),
            ("webhook_events", options?.WebhookEvents is { } events ? string.Join(',', events) : null),
            ("metadata", options?.Metadata?.ToJsonString()));
        var call = new Call(HttpMethod.Post, path)
        {
            Content = () => new StringContent(body, Encoding.UTF8, "application/x-ndjson"),
            Headers = [("Idempotency-Key", Requests.Quote(options?.IdempotencyKey ?? Guid.NewGuid().ToString()))],
            MayRepeat = true,
        };
        return connection.SendAsync(call, ClientJson.Default.ReelBatch, cancellationToken);
    }

    /// <summary>A batch as it stands.</summary>
    public Task<ReelBatch> GetAsync(string id, CancellationToken cancellationToken = default) =>
        connection.GetAsync($"v2/batches/{Paths.Segment(id)}", ClientJson.Default.ReelBatch, cancellationToken);

    /// <summary>The caller's batches, newest first.</summary>
    public async IAsyncEnumerable<ReelBatch> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await connection.GetAsync(Paths.WithQuery("v2/batches", ("limit", "100"), ("cursor", cursor)), ClientJson.Default.BatchPage, cancellationToken);
            foreach (var json in page.Batches) yield return Connection.Read(json, ClientJson.Default.ReelBatch);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>A page of a batch's requests, in the order of the input.</summary>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="status">Only those of this; null for all.</param>
    public async Task<BatchItems> ItemsAsync(string id, string? cursor = null, string? status = null, CancellationToken cancellationToken = default)
    {
        var path = Paths.WithQuery($"v2/batches/{Paths.Segment(id)}/requests", ("status", status), ("limit", "100"), ("cursor", cursor));
        var page = await connection.GetAsync(path, ClientJson.Default.RequestPage, cancellationToken);
        return new BatchItems([.. page.Requests.Select(json => Connection.Read(json, ClientJson.Default.ReelRequest))], page.NextCursor);
    }

    /// <summary>A batch's requests, in the order of the input, fetched by page as they are asked for.</summary>
    /// <param name="status">Only those of this; null for all.</param>
    public async IAsyncEnumerable<ReelRequest> RequestsAsync(string id, string? status = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await ItemsAsync(id, cursor, status, cancellationToken);
            foreach (var request in page.Requests) yield return request;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Begins nothing more of a batch and cancels what is under way.</summary>
    public Task<ReelBatch> CancelAsync(string id, CancellationToken cancellationToken = default) => connection.SendAsync(
        new Call(HttpMethod.Post, $"v2/batches/{Paths.Segment(id)}/cancel") { MayRepeat = true }, ClientJson.Default.ReelBatch, cancellationToken);
}

/// <summary>What goes with a batch.</summary>
/// <param name="Concurrency">How many of its requests are under way at once; null for what the server allows.</param>
/// <param name="IdempotencyKey">1 to 255 characters of printable ASCII; null for one that nobody else has.</param>
/// <param name="WebhookEvents">What the webhook is told of, such as <c>video.failed</c>; null for <c>batch.completed</c> alone.</param>
public sealed record BatchOptions(
    int? Concurrency = null, string? WebhookUrl = null, JsonObject? Metadata = null, string? IdempotencyKey = null, IReadOnlyList<string>? WebhookEvents = null);

/// <summary>A page of a batch's requests.</summary>
/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record BatchItems(IReadOnlyList<ReelRequest> Requests, string? NextCursor);

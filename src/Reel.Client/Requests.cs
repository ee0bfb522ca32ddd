using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Reel.Client;

/// <summary>A caller's requests.</summary>
public sealed class Requests
{
    private readonly Connection connection;

    internal Requests(Connection connection) => this.connection = connection;

    /// <summary>Submits a request. It always goes out with an idempotency key, so that repeating it after a broken connection never pays twice.</summary>
    /// <param name="parameters">The model's.</param>
    /// <returns>It as accepted: QUEUED, with its id.</returns>
    public Task<ReelRequest> SubmitAsync(string model, JsonObject parameters, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = (options ?? new SubmitOptions()).Body(parameters);
        var key = options?.IdempotencyKey ?? Guid.NewGuid().ToString();
        var call = new Call(HttpMethod.Post, $"v2/{Paths.Segment(model)}") { Content = () => Json(body), Headers = [("Idempotency-Key", Quote(key))], MayRepeat = true };
        return connection.SendAsync(call, ClientJson.Default.ReelRequest, cancellationToken);
    }

    /// <summary>Validates a request and says what it would cost; starts nothing.</summary>
    public Task<ReelDryRun> DryRunAsync(string model, JsonObject parameters, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = (options ?? new SubmitOptions()).Body(parameters);
        var call = new Call(HttpMethod.Post, $"v2/{Paths.Segment(model)}?dry_run=true") { Content = () => Json(body), MayRepeat = true };
        return connection.SendAsync(call, ClientJson.Default.ReelDryRun, cancellationToken);
    }

    /// <summary>The light state of a request, FAILED included.</summary>
    /// <param name="wait">Up to 60 seconds: answer only when the status or stage has changed, or after this time.</param>
    public Task<ReelRequest> StatusAsync(string id, TimeSpan wait = default, CancellationToken cancellationToken = default) =>
        connection.GetAsync(WithWait($"v2/requests/{Paths.Segment(id)}/status", wait), ClientJson.Default.ReelRequest, cancellationToken, wait);

    /// <summary>The full result of a request as it stands, FAILED included.</summary>
    /// <param name="wait">As of <see cref="StatusAsync"/>.</param>
    public Task<ReelRequest> GetAsync(string id, TimeSpan wait = default, CancellationToken cancellationToken = default) =>
        connection.GetAsync(WithWait($"v2/requests/{Paths.Segment(id)}", wait), ClientJson.Default.ReelRequest, cancellationToken, wait);

    /// <summary>The requests that fit, newest first, fetched by page as they are asked for.</summary>
    public async IAsyncEnumerable<ReelRequest> ListAsync(RequestQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var wanted = query ?? new RequestQuery();
        string? cursor = null;
        do
        {
            var page = await connection.GetAsync(wanted.Path(cursor), ClientJson.Default.RequestPage, cancellationToken);
            foreach (var json in page.Requests) yield return Connection.Read(json, ClientJson.Default.ReelRequest);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Cancels a request; one that is final stays what it is.</summary>
    /// <returns>It as it stands, which may not yet be FAILED.</returns>
    public Task<ReelRequest> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(Post(id, "cancel"), ClientJson.Default.ReelRequest, cancellationToken);

    /// <summary>Deletes a final request and its video.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new Call(HttpMethod.Delete, $"v2/requests/{Paths.Segment(id)}"), cancellationToken);

    /// <summary>Starts a request that ended with submit_outcome_unknown once more, as a new one; however often that is asked for, there is one.</summary>
    public Task<ReelRequest> ResubmitAsync(string id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(Post(id, "resubmit"), ClientJson.Default.ReelRequest, cancellationToken);

    internal static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>A key as a structured field: in quotes, so that blanks at its ends count.</summary>
    /// <exception cref="ArgumentException">It has other characters than printable ASCII.</exception>
    internal static string Quote(string key) => $"\"{HeaderText.Check(key, "IdempotencyKey").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // Both come to the same however often they are sent.
    private static Call Post(string id, string verb) =>
        new(HttpMethod.Post, $"v2/requests/{Paths.Segment(id)}/{verb}") { MayRepeat = true };

    private static string WithWait(string path, TimeSpan wait) =>
        Paths.WithQuery(path, ("wait", wait > TimeSpan.Zero ? Paths.Of((int)Math.Clamp(wait.TotalSeconds, 1, 60)) : null));
}

/// <summary>What goes with a request beside the model's parameters.</summary>
/// <param name="WebhookUrl">Who is told when it is over.</param>
/// <param name="Metadata">An object of the caller's, up to 4 KiB.</param>
/// <param name="IdempotencyKey">1 to 255 characters of printable ASCII; null for one that nobody else has.</param>
/// <param name="WebhookEvents">What the webhook is told of, such as <c>video.failed</c>; null for the end, however it is.</param>
public sealed record SubmitOptions(string? WebhookUrl = null, JsonObject? Metadata = null, string? IdempotencyKey = null, IReadOnlyList<string>? WebhookEvents = null)
{
    internal string Body(JsonObject parameters)
    {
        var body = parameters.DeepClone().AsObject();
        if (WebhookUrl is not null) body["webhook_url"] = WebhookUrl;
        if (WebhookEvents is not null) body["webhook_events"] = new JsonArray([.. WebhookEvents.Select(type => JsonValue.Create(type))]);
        if (Metadata is not null) body["metadata"] = Metadata.DeepClone();
        return body.ToJsonString();
    }
}

/// <summary>Which requests.</summary>
/// <param name="PageSize">How many are fetched at a time, 1 to 100.</param>
public sealed record RequestQuery(string? Status = null, string? Model = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, int PageSize = 100)
{
    internal string Path(string? cursor) => Paths.WithQuery(
        "v2/requests",
        ("status", Status),
        ("model", Model),
        ("since", Paths.Of(Since)),
        ("until", Paths.Of(Until)),
        ("limit", Paths.Of(PageSize)),
        ("cursor", cursor));
}

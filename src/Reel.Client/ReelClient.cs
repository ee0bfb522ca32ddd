namespace Reel.Client;

/// <summary>
/// Reel's HTTP API, typed. Thread-safe. Every call throws <see cref="ReelException"/> for what the server refuses and for a server that cannot be
/// reached, once <see cref="ReelClientOptions.Patience"/> is over; only calls that are safe to repeat are repeated.
/// </summary>
public sealed class ReelClient : IDisposable
{
    private readonly HttpClient http;

    /// <summary>A client with connections of its own.</summary>
    public ReelClient(ReelClientOptions options)
        : this(options, new SocketsHttpHandler
        {
            // The API never redirects, and a redirect would carry the key to another host.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
    {
    }

    /// <summary>A client on a handler of yours, which it disposes of.</summary>
    /// <param name="time">The clock by which it waits; null for the system's.</param>
    public ReelClient(ReelClientOptions options, HttpMessageHandler handler, TimeProvider? time = null)
    {
        // Each call has a limit of its own; a stream has none.
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 64 * 1024 * 1024 };
        var connection = new Connection(http, options, time ?? TimeProvider.System);
        Requests = new Requests(connection);
        Events = new Events(connection, Requests);
        Videos = new Videos(connection);
        Batches = new Batches(connection);
        Models = new Models(connection);
        Usage = new Usage(connection);
        Deliveries = new Deliveries(connection);
        Webhooks = new Webhooks(connection);
    }

    /// <summary>Submit, look at, list, cancel, delete.</summary>
    public Requests Requests { get; }

    /// <summary>A request as it changes.</summary>
    public Events Events { get; }

    /// <summary>Videos into files.</summary>
    public Videos Videos { get; }

    /// <summary>Many requests at once.</summary>
    public Batches Batches { get; }

    /// <summary>The models and their parameters.</summary>
    public Models Models { get; }

    /// <summary>What was spent.</summary>
    public Usage Usage { get; }

    /// <summary>What became of webhooks.</summary>
    public Deliveries Deliveries { get; }

    /// <summary>Who receives webhooks, and what they are verified with.</summary>
    public Webhooks Webhooks { get; }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}

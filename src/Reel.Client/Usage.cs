namespace Reel.Client;

/// <summary>What was spent.</summary>
public sealed class Usage
{
    private readonly Connection connection;

    internal Usage(Connection connection) => this.connection = connection;

    /// <summary>Counts and costs by UTC day and model; of the last 30 days unless told, and of 92 at most.</summary>
    public Task<ReelUsage> GetAsync(DateTimeOffset? since = null, DateTimeOffset? until = null, CancellationToken cancellationToken = default) =>
        connection.GetAsync(Paths.WithQuery("v2/usage", ("since", Paths.Of(since)), ("until", Paths.Of(until))), ClientJson.Default.ReelUsage, cancellationToken);
}

using System.Text.Json;

namespace Reel.Client;

/// <summary>The models.</summary>
public sealed class Models
{
    private readonly Connection connection;

    internal Models(Connection connection) => this.connection = connection;

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<ReelModel>> ListAsync(CancellationToken cancellationToken = default) =>
        Read(await connection.SendAsync(new Call(HttpMethod.Get, "v2/models") { MayRepeat = true }, cancellationToken));

    /// <summary>One of them.</summary>
    public Task<ReelModel> GetAsync(string slug, CancellationToken cancellationToken = default) =>
        connection.GetAsync($"v2/models/{Paths.Segment(slug)}", ClientJson.Default.ReelModel, cancellationToken);

    /// <summary>The models out of what the API answered earlier.</summary>
    /// <exception cref="ReelException">It is no list of models.</exception>
    public static IReadOnlyList<ReelModel> Read(JsonElement json) => json.ValueKind == JsonValueKind.Array
        ? [.. json.EnumerateArray().Select(model => Connection.Read(model, ClientJson.Default.ReelModel))]
        : throw new ReelException("The server answered with something else than a list of models", 200, ReelException.NotReel);
}

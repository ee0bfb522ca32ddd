using System.Globalization;
using System.Text.RegularExpressions;
using Reel.Generations;
using Reel.Local.Engine.Store;

namespace Reel.Benchmarks.List;

/// <summary>
/// Fills an engine's file with what it would hold after many requests: copies of requests that really ran through it, with their histories and their
/// webhooks' deliveries, each under an id, a caller and a time of its own. The histories keep the times and ids of the originals; of finished instances
/// nobody reads them.
/// </summary>
internal sealed partial class FilledStore(StoreConnection connection)
{
    private readonly Statement insert = connection.Prepare("""
        INSERT INTO instances (id, name, status, execution, starting, created_at, updated_at, custom_status, output, failure, input)
        VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement copyHistory = connection.Prepare("INSERT INTO history (instance, turn, data) SELECT ?, turn, data FROM history WHERE instance = ?");

    /// <summary>The instances of a request that has come to its end: its own, and its delivery's.</summary>
    public IReadOnlyList<Original> Read(string requestId)
    {
        List<Original> found = [];
        using var rows = connection.PrepareOnce("""
            SELECT key, id, name, status, execution, created_at, updated_at, custom_status, output, failure, input
            FROM instances WHERE instr(id, ?) ORDER BY key
            """);
        rows.With(requestId);
        while (rows.Step())
        {
            if (rows.Long(3) < 2) throw new InvalidOperationException($"{rows.Text(1)} has not come to its end.");
            found.Add(new Original(
                rows.Long(0), rows.Text(1), rows.Text(2), rows.Long(3), rows.Long(4), rows.Long(5), rows.Long(6), [.. Enumerable.Range(7, 4).Select(rows.TextOrNull)]));
        }

        return found;
    }

    /// <summary>Adds a copy of a request, accepted at another time by another caller.</summary>
    /// <param name="from">The original's caller and id.</param>
    public void Add(IReadOnlyList<Original> request, (string Caller, string Id) from, string caller, DateTimeOffset acceptedAt)
    {
        var id = RequestId.New(acceptedAt);
        var later = acceptedAt - RequestId.AcceptedAt(from.Id);
        foreach (var one in request)
        {
            insert.With(Renamed(one.Id)).With(one.Name).With(one.Status).With(one.Execution)
                .With(one.CreatedAt + later.Ticks).With(one.UpdatedAt + later.Ticks);
            foreach (var text in one.Texts) insert.With(text is null ? null : Times().Replace(Renamed(text), Later));
            insert.Run();
            var key = connection.LastRowId;
            copyHistory.With(key).With(one.Key).Run();
        }

        string Renamed(string text) => text
            .Replace($"{from.Caller}_{from.Id}", $"{caller}_{id}", StringComparison.Ordinal)
            .Replace($"{from.Caller}/{from.Id}", $"{caller}/{id}", StringComparison.Ordinal)
            .Replace($"\"caller_id\":\"{from.Caller}\"", $"\"caller_id\":\"{caller}\"", StringComparison.Ordinal)
            .Replace(from.Id, id, StringComparison.Ordinal);

        string Later(Match match) =>
            (DateTimeOffset.Parse(match.Value, CultureInfo.InvariantCulture) + later).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Times();
}

/// <summary>An instance as it came to its end.</summary>
/// <param name="Texts">Custom status, output, failure, input.</param>
internal sealed record Original(
    long Key, string Id, string Name, long Status, long Execution, long CreatedAt, long UpdatedAt, IReadOnlyList<string?> Texts);

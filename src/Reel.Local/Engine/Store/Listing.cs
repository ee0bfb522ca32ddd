using Reel.Orchestration;

namespace Reel.Local.Engine.Store;

/// <summary>A range of an index that holds the columns which a query is about, so that rows that are not wanted are never read.</summary>
/// <param name="Index">The ids in it are in order once what stands before them is given.</param>
/// <param name="Where">The terms; only those that are asked for, since each is evaluated for every row of the range.</param>
/// <param name="Values">For the question marks in the terms.</param>
internal sealed record Listing(string Index, string Where, IReadOnlyList<string> Values)
{
    /// <summary>The ranges in which all is found that fits a query; something may be in two of them.</summary>
    /// <param name="after">The id after which the page begins; null for the first one.</param>
    public static IReadOnlyList<Listing> Of(OrchestrationQuery query, string? after)
    {
        if (query.StatusHead is { } head)
        {
            // What was broken off has a custom status that is not the last word.
            return
            [
                Of(query.InputModel is null ? "instances_heads" : "instances_model_heads", query, after, [($"{Schema.StatusHead} = ?", head)]),
                Of("instances_broken", query, after, [("status >= 3", null)]),
            ];
        }

        if (query.Statuses?.All(status => status <= RuntimeStatus.Running) == true) return [Of("instances_open", query, after, [("status < 2", null)])];
        return [Of(query.InputModel is null ? "instances_listing" : "instances_models", query, after, [])];
    }

    /// <summary>The statement, in ordinal order of the ids; its last value is the most rows.</summary>
    public string Select(string columns) => $"SELECT {columns} FROM instances INDEXED BY {Index} WHERE {Where} ORDER BY id LIMIT ?";

    private static Listing Of(string index, OrchestrationQuery query, string? after, List<(string Sql, string? Value)> terms)
    {
        // The highest code point closes a prefix's range.
        var first = string.CompareOrdinal(query.From, query.Prefix) > 0 ? query.From : query.Prefix;
        terms.Add(string.CompareOrdinal(after, first) >= 0 ? ("id > ?", after) : ("id >= ?", first));
        terms.Add(("id < ?", query.Prefix + "\U0010FFFF"));
        if (query.InputModel is { } model) terms.Add(($"{Schema.InputModel} = ?", model));

        // One bit per status costs a third of what IN does.
        if (query.Statuses is { } statuses) terms.Add(($"({statuses.Aggregate(0, (mask, status) => mask | (1 << (int)status))} >> status) & 1", null));
        if (query.CreatedFrom is { } from) terms.Add(($"created_at >= {from.UtcTicks}", null));
        if (query.CreatedTo is { } to) terms.Add(($"created_at < {to.UtcTicks}", null));
        return new Listing(index, string.Join(" AND ", terms.Select(term => term.Sql)), [.. terms.Select(term => term.Value).OfType<string>()]);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Reel.Api;

/// <summary>The query parameters of a list; notes what is wrong with them.</summary>
internal sealed class QueryParameters(IQueryCollection query)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    private static readonly string[] Statuses = ["QUEUED", "PROCESSING", "COMPLETED", "FAILED"];

    public SortedDictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

    public string? Read(string name, Func<string, string?> parse, string rule)
    {
        if (query[name].ToString() is not { Length: > 0 } text) return null;
        var value = parse(text);
        if (value is null) Errors.TryAdd(name, rule);
        return value;
    }

    public T? Read<T>(string name, Func<string, T?> parse, string rule)
        where T : struct
    {
        if (query[name].ToString() is not { Length: > 0 } text) return null;
        var value = parse(text);
        if (value is null) Errors.TryAdd(name, rule);
        return value;
    }

    /// <summary>A time, in UTC where no offset is given.</summary>
    public DateTimeOffset? ReadTime(string name) => Read(
        name,
        text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null,
        "must be a time such as 2026-11-01T12:00:00Z");

    /// <summary>How many to a page.</summary>
    public int ReadLimit() => Read(
        "limit",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : (int?)null,
        $"must be a whole number from 1 to {MaxLimit}") ?? DefaultLimit;

    /// <summary>A request's status as the provider writes it; null for any.</summary>
    public string? ReadStatus() => Read(
        "status",
        text => Array.Find(Statuses, known => known.Equals(text, StringComparison.OrdinalIgnoreCase)),
        "must be one of " + string.Join(", ", Statuses));

    /// <summary>400 with all that is wrong.</summary>
    public IResult Refusal() => ApiError.Invalid(Errors).As(400);
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>GET /v2/requests: the caller's own, newest first.</summary>
internal static class ListEndpoint
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    private const string TimeRule = "must be a time such as 2026-11-01T12:00:00Z";
    private const string CursorRule = "must be the next_cursor of the page before";

    // Pages in which nothing fits the filters are passed over, but not for ever.
    private const int MaxPages = 20;

    private static readonly string[] Statuses = ["QUEUED", "PROCESSING", "COMPLETED", "FAILED"];

    public static async Task<IResult> ListAsync(HttpContext context, GenerationStore generations, Links links)
    {
        var caller = context.Caller().Id;
        var query = new QueryParameters(context.Request.Query);
        var status = query.Read("status", text => Array.Find(Statuses, known => known.Equals(text, StringComparison.OrdinalIgnoreCase)), "must be one of " + string.Join(", ", Statuses));
        var model = query.Read("model", text => text, "must be a slug");
        var since = query.Read("since", ReadTime, TimeRule);
        var until = query.Read("until", ReadTime, TimeRule);
        var limit = query.Read("limit", ReadLimit, $"must be a whole number from 1 to {MaxLimit}") ?? DefaultLimit;
        var token = query.Read("cursor", text => Decode(caller, text), CursorRule);
        if (query.Errors.Count > 0) return Wrong(query.Errors);

        var baseUrl = links.BaseUrl(context.Request);
        List<RequestAnswer> found = [];
        var pages = 0;
        try
        {
            for (; pages < MaxPages; pages++)
            {
                (var page, token) = await generations.ListAsync(caller, since, until, limit, token, context.RequestAborted);
                found.AddRange(page
                    .Where(generation => (status is null || RequestAnswer.StatusOf(generation.State) == status) && (model is null || generation.Request.Model == model))
                    .Select(generation => RequestAnswer.OfState(baseUrl, generation)));
                if (found.Count > 0 || token is null) break;
            }
        }
        catch (ArgumentException) when (pages == 0 && token is not null)
        {
            query.Errors.TryAdd("cursor", CursorRule);
            return Wrong(query.Errors);
        }
        catch (ArgumentException exception) when (pages > 0)
        {
            // This token came from the engine a moment ago: the trouble is the engine's.
            throw new OrchestrationUnavailableException("The durable engine did not go on with its own list.", exception);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new ListAnswer(found, token is null ? null : Encode(caller, token)), ApiJson.Types.ListAnswer);
    }

    private static IResult Wrong(SortedDictionary<string, string> errors) =>
        new ApiError(string.Join("; ", errors.Select(error => $"{error.Key} {error.Value}")), "invalid_parameters", errors).As(400);

    private static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static int? ReadLimit(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;

    // Bound to its caller: the engine's token may hold an instance id.
    private static string Encode(string caller, string token) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{caller}~{token}"));

    private static string? Decode(string caller, string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            return text.StartsWith(caller + "~", StringComparison.Ordinal) && text.Length > caller.Length + 1 ? text[(caller.Length + 1)..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed class QueryParameters(IQueryCollection query)
    {
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
    }
}

/// <summary>A page of requests.</summary>
/// <param name="NextCursor">For the next page; left out on the last. A page may hold fewer than the limit and still not be the last.</param>
internal sealed record ListAnswer(IReadOnlyList<RequestAnswer> Requests, string? NextCursor);

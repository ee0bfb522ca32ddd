using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;

namespace Reel.Page.Tests;

/// <summary>Lists that are made up: there are more requests in them than one would order for a test.</summary>
internal static partial class MadeUpList
{
    /// <summary>What is wrong with an answer that is none.</summary>
    public const string Broken = """{"error": "Something broke here", "error_code": "internal"}""";

    /// <summary>The id of one of the requests, counted from the newest.</summary>
    public static string Id(int index) => $"00000000-0000-8000-8000-{index:000000000000}";

    public static object One(int index, string prompt = "a straw", string status = "FAILED") => new
    {
        request_id = Id(index),
        status,
        error_code = status == "FAILED" ? "canceled" : null,
        error = status == "FAILED" ? "It was cancelled" : null,
        stage = status == "PROCESSING" ? "rendering" : null,
        model = "kling-2.6",
        created_at = "2026-01-01T12:00:00+00:00",
        prompt,
    };

    /// <summary>The first request of the page of the list that is asked for.</summary>
    public static int From(IRoute route) => int.Parse(Query(route)["cursor"] ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Answers with the page of the list that is asked for.</summary>
    /// <param name="count">How many requests there are.</param>
    /// <param name="one">What each of them is; by its index.</param>
    public static Task AnswerAsync(IRoute route, int count, Func<int, object> one)
    {
        var from = From(route);
        var to = Math.Min(count, from + int.Parse(Query(route)["limit"]!, CultureInfo.InvariantCulture));
        return JsonAsync(route, new { requests = Enumerable.Range(from, to - from).Select(one), next_cursor = to < count ? $"{to}" : null });
    }

    public static Task JsonAsync(IRoute route, object body) => route.FulfillAsync(new() { ContentType = "application/json", Body = JsonSerializer.Serialize(body) });

    public static Task BreakAsync(IRoute route, int status = 500) => route.FulfillAsync(new() { Status = status, ContentType = "application/json", Body = Broken });

    /// <summary>What asks for a page of the list.</summary>
    [GeneratedRegex(@"/v2/requests\?")]
    public static partial Regex Address();

    private static System.Collections.Specialized.NameValueCollection Query(IRoute route) => HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
}

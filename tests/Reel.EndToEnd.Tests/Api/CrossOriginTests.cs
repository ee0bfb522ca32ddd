using System.Net;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>Api__AllowedOrigins: which pages may call.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://page.example";

    [Theory]
    [InlineData("https://other.example, https://page.example", Page)]
    [InlineData("*", "*")]
    public async Task A_page_of_an_allowed_origin_may_call_and_read_the_headers(string allowed, string origin)
    {
        await using var host = await StartAsync(allowed);

        using var preflight = await SendAsync(host, HttpMethod.Options, Page, key: null);
        using var answer = await SendAsync(host, HttpMethod.Get, Page, ApiHost.Desk);
        using var refused = await SendAsync(host, HttpMethod.Get, Page, key: null);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(origin, Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("x-api-key", string.Join(",", preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var exposed = string.Join(",", answer.Headers.GetValues("Access-Control-Expose-Headers"));
        Assert.All(["x-request-id", "x-cost", "Retry-After", "Server-Timing", "Idempotent-Replayed", "ETag"], name => Assert.Contains(name, exposed, StringComparison.Ordinal));

        // Without the header a page could not read why it was refused.
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(origin, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("https://other.example", HttpStatusCode.NoContent)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    public async Task Any_other_page_may_not(string allowed, HttpStatusCode preflighted)
    {
        await using var host = await StartAsync(allowed);

        using var preflight = await SendAsync(host, HttpMethod.Options, Page, key: null);
        using var answer = await SendAsync(host, HttpMethod.Get, Page, ApiHost.Desk);

        Assert.Equal(preflighted, preflight.StatusCode);
        Assert.All([preflight, answer], one => Assert.False(one.Headers.Contains("Access-Control-Allow-Origin")));
    }

    private static Task<ApiHost> StartAsync(string allowed) =>
        ApiHost.StartAsync(TimeProvider.System, new MemoryEngine(TimeProvider.System), ("Api:AllowedOrigins", allowed));

    private static async Task<HttpResponseMessage> SendAsync(ApiHost host, HttpMethod verb, string origin, string? key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(verb, new Uri(host.Url, "/v2/models/kling-2.6")) { Headers = { { "Origin", origin } } };
        if (key is not null) request.Headers.Add("x-api-key", key);
        if (verb == HttpMethod.Options)
        {
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", "x-api-key");
        }

        return await http.SendAsync(request);
    }
}

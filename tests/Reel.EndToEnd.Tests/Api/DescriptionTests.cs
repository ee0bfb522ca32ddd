using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Reel.Api;
using Reel.Models;
using Reel.Orchestration;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>GET /openapi.json and GET /docs.</summary>
public sealed class DescriptionTests : IAsyncLifetime
{
    private ApiHost host = null!;
    private Description description = null!;

    private HttpClient Http { get; set; } = null!;

    public static TheoryData<string> Models => [.. ModelCatalog.All.Select(model => model.Slug)];

    public async Task InitializeAsync()
    {
        host = await ApiHost.StartAsync(TimeProvider.System, new MemoryEngine(TimeProvider.System));
        Http = new HttpClient { BaseAddress = host.Url };
        description = await Description.ReadAsync(Http);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Every_route_is_described()
    {
        var routes = await RoutesAsync();
        var missing = routes.SelectMany(route => route.EndsWith("/{model}", StringComparison.Ordinal) && route.StartsWith("POST", StringComparison.Ordinal)
            ? ModelCatalog.All.Select(model => route.Replace("{model}", model.Slug, StringComparison.Ordinal))
            : [route]).Except(description.Operations.Select(one => one.Route)).ToList();

        Assert.True(missing.Count == 0, $"Not described in Api/Description/Operations.cs: {string.Join(", ", missing)}");
    }

    [Fact]
    public void It_is_OpenAPI_3_1_and_all_its_references_lead_somewhere()
    {
        var document = description.Document;
        Assert.StartsWith("3.1.", (string?)document["openapi"], StringComparison.Ordinal);
        Assert.Equal(host.Url.AbsoluteUri.TrimEnd('/'), (string?)document["servers"]![0]!["url"]);

        foreach (var reference in Nodes(document).OfType<JsonObject>().Select(node => (string?)node["$ref"]).OfType<string>())
        {
            JsonNode? at = document;
            foreach (var part in reference.Split('/')[1..]) at = at?[part];
            Assert.True(at is not null, reference);
        }

        foreach (var target in Nodes(document).OfType<JsonObject>().SelectMany(node => node["mapping"]?.AsObject().Select(one => (string)one.Value!) ?? []))
            Assert.NotNull(document["components"]!["schemas"]![target.Split('/')[^1]]);
    }

    [Fact]
    public void Its_operations_are_complete()
    {
        var ids = description.Operations.Select(one => (string)one.Operation["operationId"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        foreach (var (route, operation) in description.Operations)
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), route);
            var inPath = (operation["parameters"]?.AsArray() ?? []).Where(input => (string?)input!["in"] == "path").Select(input => $"{{{input!["name"]}}}");
            Assert.Equal(route.Split('/').Where(part => part.StartsWith('{')), inPath);
            Assert.Contains(operation["responses"]!.AsObject(), answer => answer.Key.StartsWith('2'));
        }
    }

    [Fact]
    public void Every_schema_and_every_member_says_what_it_is()
    {
        var schemas = description.Document["components"]!["schemas"]!.AsObject();
        var silent = schemas.Where(schema => schema.Value!["description"] is null).Select(schema => schema.Key)
            .Concat(schemas.SelectMany(schema => schema.Value!["properties"]!.AsObject()
                .Where(member => member.Value!["description"] is null && member.Value["const"] is null).Select(member => $"{schema.Key}.{member.Key}")))
            .ToList();

        Assert.True(silent.Count == 0, $"Nothing is said in Api/Description/AnswerTexts.cs of {string.Join(", ", silent)}");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_models_example_is_valid_and_is_accepted(string slug)
    {
        var example = ModelCatalog.Find(slug)!.Example;
        description.AssertValid(Description.Reference(slug), example.GetRawText(), slug);
        var body = (JsonObject)JsonNode.Parse(example.GetRawText())!;
        using var answer = await SendAsync(HttpMethod.Post, $"/v2/{slug}", body.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // What no model knows is neither.
        body["colour"] = "blue";
        Assert.False(description.IsValid(Description.Reference(slug), body.ToJsonString()));
        using var refused = await SendAsync(HttpMethod.Post, $"/v2/{slug}", body.ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        var batch = new JsonObject { ["requests"] = new JsonArray(description.Document["components"]!["schemas"]![$"{slug}-in-batch"]!["examples"]![0]!.DeepClone()) };
        description.AssertValid(Description.Reference("BatchBody"), batch.ToJsonString(), slug);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_value_is_valid_where_it_is_accepted(string slug)
    {
        string[] values = ["5", "\"5\"", "7", "\"7\"", "10", "0", "1", "1.5", "-1", "true", "\"\"", "\"pro\"", "\"std\"", "\"16:9\"", "\"https://example.com/a.png\"", "{}", "[]"];
        foreach (var parameter in ModelCatalog.Find(slug)!.Parameters)
        {
            foreach (var value in values)
            {
                var body = (JsonObject)JsonNode.Parse(ModelCatalog.Find(slug)!.Example.GetRawText())!;
                body[parameter.Name] = JsonNode.Parse(value);
                using var answer = await SendAsync(HttpMethod.Post, $"/v2/{slug}?dry_run=true", body.ToJsonString());
                var isValid = description.IsValid(Description.Reference(slug), body.ToJsonString());
                Assert.True(isValid == answer.IsSuccessStatusCode, $"{slug} {parameter.Name} {value}: valid is {isValid}, and it answers {(int)answer.StatusCode}");
            }
        }
    }

    [Theory]
    [InlineData("video.queued", true, true)]
    [InlineData("batch.completed", false, true)]
    [InlineData("video.done", false, false)]
    public void The_events_to_choose_from_are_those_that_are_accepted(string type, bool ofRequest, bool ofBatch)
    {
        const string Request = """{"model": "kling-2.6", "prompt": "a"}""";

        Assert.Equal(ofRequest, description.IsValid(Description.Reference("kling-2.6"), $$"""{"prompt": "a", "webhook_events": ["{{type}}"]}"""));
        Assert.Equal(ofBatch, description.IsValid(Description.Reference("BatchBody"), $$"""{"requests": [{{Request}}], "webhook_events": ["{{type}}"]}"""));
    }

    [Theory]
    [InlineData("/openapi.json", "application/json")]
    [InlineData("/docs", "text/html")]
    public async Task It_needs_no_key_and_is_kept_until_it_changes(string path, string type)
    {
        using var first = await Http.GetAsync(new Uri(path, UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, type), (first.StatusCode, first.Content.Headers.ContentType!.MediaType));
        Assert.Equal(TimeSpan.FromMinutes(5), first.Headers.CacheControl!.MaxAge);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        description.AssertAnswer("GET", path, 304, null, "");
    }

    [Fact]
    public async Task The_server_is_the_one_that_was_called_or_the_public_URL()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi.json") { Headers = { Host = "reel.example" } };
        using var answer = await Http.SendAsync(request);
        Assert.Equal("http://reel.example", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["servers"]![0]!["url"]);

        await using var proxied = await ApiHost.StartAsync(TimeProvider.System, new MemoryEngine(TimeProvider.System), ("Api:PublicUrl", "https://example.com/reel/"));
        var document = JsonNode.Parse(await Http.GetStringAsync(new Uri(proxied.Url, "/openapi.json")))!;
        Assert.Equal("https://example.com/reel", (string?)document["servers"]![0]!["url"]);
    }

    [Fact]
    public async Task The_page_shows_every_operation_and_schema_and_runs_nothing()
    {
        using var answer = await Http.GetAsync(new Uri("/docs", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page, StringComparison.OrdinalIgnoreCase);
        foreach (var path in (string[])["/{0}/kling-2.6", "/{0}/requests/{{id}}"])
        {
            var places = ((string[])["v2", "v1"]).Select(version => page.IndexOf($"{string.Format(CultureInfo.InvariantCulture, path, version)}</code>", StringComparison.Ordinal)).ToList();
            Assert.True(places[0] > 0 && places[0] < places[1], $"{path} is at {string.Join(" and ", places)}: what is new comes first.");
        }

        Assert.All(description.Operations, one => Assert.Contains($"<code>{one.Route}</code>", page, StringComparison.Ordinal));
        Assert.All(description.Document["components"]!["schemas"]!.AsObject(), one => Assert.Contains($"id=\"the-{one.Key}\"", page, StringComparison.Ordinal));
    }

    /// <summary>The API's routes, as "GET /v2/requests".</summary>
    internal static async Task<IReadOnlyList<string>> RoutesAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<IOrchestrationClient>(new MemoryEngine(TimeProvider.System)).AddReel(builder.Configuration);
        await using var app = builder.Build();
        app.MapReel();
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().SelectMany(route =>
                route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD").Select(method => $"{method} {route.RoutePattern.RawText}")),
        ];
    }

    private static IEnumerable<JsonNode?> Nodes(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(member => Nodes(member.Value)).Prepend(node),
        JsonArray all => all.SelectMany(Nodes),
        _ => [node],
    };

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body) => Http.SendAsync(
        new HttpRequestMessage(method, path) { Headers = { { "x-api-key", ApiHost.Desk } }, Content = new StringContent(body, null, "application/json") });
}

using System.Text.Json.Nodes;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>The API's description, as a client has it, to hold answers against.</summary>
internal sealed class Description(JsonObject document)
{
    private readonly SchemaCheck check = new(document);

    public JsonObject Document => document;

    public static async Task<Description> ReadAsync(HttpClient http) =>
        new((JsonObject)JsonNode.Parse(await http.GetStringAsync(new Uri("/openapi.json", UriKind.Relative)))!);

    /// <summary>The paths' operations, as "GET /v2/requests".</summary>
    public IEnumerable<(string Route, JsonObject Operation)> Operations =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(verb => ($"{verb.Key.ToUpperInvariant()} {path.Key}", verb.Value!.AsObject())));

    /// <summary>The operation that a call goes to; null for a path or verb that there is not.</summary>
    public JsonObject? Find(string verb, string path)
    {
        var parts = path.Split('?')[0].Split('/');
        return Operations
            .Where(one => one.Route.Split(' ')[0] == verb && Fits(one.Route.Split(' ')[1].Split('/')))
            .OrderBy(one => one.Route.Count(character => character == '{'))
            .FirstOrDefault().Operation;

        bool Fits(string[] template) => template.Length == parts.Length && template.Zip(parts).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
    }

    /// <summary>Looks whether an answer is as it is described.</summary>
    public void AssertAnswer(string verb, string path, int status, string? mediaType, string body)
    {
        var call = $"{verb} {path} answered {status} {mediaType}";
        if (Find(verb, path) is not { } operation)
        {
            Assert.True(status is 404 or 405, call);
            AssertValid(Reference("Error"), body, call);
            return;
        }

        var answer = Resolve(operation["responses"]![$"{status}"]);
        Assert.True(answer is not null, $"{call}, a status that is not described");
        var content = answer!["content"]?.AsObject();
        if (mediaType is null || body.Length == 0)
        {
            Assert.True(content is null, call);
            return;
        }

        var media = content?[mediaType] ?? content?[$"{mediaType.Split('/')[0]}/*"];
        Assert.True(media is not null, $"{call}, a media type that is not described");
        if (mediaType == "application/json") AssertValid(media!["schema"]!, body, call);
    }

    /// <summary>Looks whether JSON is as a schema says.</summary>
    public void AssertValid(JsonNode schema, string json, string what)
    {
        var faults = check.Faults(schema, JsonNode.Parse(json));
        Assert.True(faults.Count == 0, $"{what}: {string.Join("; ", faults)}\n{json}");
    }

    public bool IsValid(JsonNode schema, string json) => check.Faults(schema, JsonNode.Parse(json)).Count == 0;

    public static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    private JsonNode? Resolve(JsonNode? node) =>
        node?["$ref"] is { } reference ? document["components"]!["responses"]![((string)reference!).Split('/')[^1]] : node;
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.Api.Description;

/// <summary>An OpenAPI document as a page of plain HTML, which needs no script.</summary>
internal sealed class DescriptionPage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string Style = ReadStyle();

    private readonly StringBuilder html = new();

    private DescriptionPage()
    {
    }

    /// <summary>Lets in the page's own style, by its hash, and nothing else.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Writes it.</summary>
    public static string Write(JsonObject document)
    {
        var page = new DescriptionPage();
        page.WriteAll(document);
        return page.html.ToString();
    }

    private static string ReadStyle()
    {
        using var stream = typeof(DescriptionPage).Assembly.GetManifestResourceStream("Reel.Api.Description.page.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void WriteAll(JsonObject document)
    {
        var info = document["info"]!;
        var groups = Operations(document["paths"]!).Concat(Operations(document["webhooks"]!)).GroupBy(one => Text(one.Operation["tags"]![0])).ToList();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(info["title"])}</title><style>{Style}</style></head><body>")
            .Append(CultureInfo.InvariantCulture, $"<h1>{Text(info["title"])}</h1><p>{Text(info["summary"])} For tools: <a href=\"openapi.json\">openapi.json</a>.</p><nav>");
        foreach (var group in groups) html.Append(CultureInfo.InvariantCulture, $"<a href=\"#{Anchor(group.Key)}\">{group.Key}</a>");
        html.Append(CultureInfo.InvariantCulture, $"<a href=\"#schemas\">Schemas</a></nav><p>{Text(info["description"])}</p><h4>Keys</h4><dl>");
        foreach (var (_, scheme) in document["components"]!["securitySchemes"]!.AsObject())
            html.Append(CultureInfo.InvariantCulture, $"<dt><code>{Text(scheme!["name"] ?? "Authorization: Bearer")}</code></dt><dd>{Text(scheme["description"])}</dd>");
        html.Append("</dl>");
        foreach (var group in groups)
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{Anchor(group.Key)}\">{group.Key}</h2>");
            foreach (var (path, verb, operation) in group) WriteOperation(document, path, verb, operation);
        }

        html.Append("<h2 id=\"schemas\">Schemas</h2>");
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject()) WriteSchema(name, schema!);
        html.Append("</body></html>");
    }

    private static IEnumerable<(string Path, string Verb, JsonNode Operation)> Operations(JsonNode paths) =>
        paths.AsObject().SelectMany(path => path.Value!.AsObject().Select(verb => (path.Key, verb.Key.ToUpperInvariant(), verb.Value!)));

    private void WriteOperation(JsonNode document, string path, string verb, JsonNode operation)
    {
        html.Append(CultureInfo.InvariantCulture, $"<details id=\"{Text(operation["operationId"])}\"><summary><code>{verb} {Text(path)}</code><span>{Text(operation["summary"])}</span></summary>")
            .Append(CultureInfo.InvariantCulture, $"<div class=\"in\"><p>{Text(operation["description"])}</p>");
        if (operation["parameters"] is JsonArray inputs)
        {
            html.Append("<h4>Parameters</h4><dl>");
            foreach (var input in inputs) WriteMember(Text(input!["name"]), $"{Text(input["in"])}, {Type(input["schema"]!)}", input);
            html.Append("</dl>");
        }

        if (operation["requestBody"]?["content"] is JsonObject body)
        {
            html.Append("<h4>Body</h4><dl>");
            foreach (var (type, media) in body) html.Append(CultureInfo.InvariantCulture, $"<dt><code>{Text(type)}</code> <small>{Type(media!["schema"]!)}</small></dt>");
            html.Append("</dl>");
        }

        html.Append("<h4>Answers</h4><dl>");
        foreach (var (status, response) in operation["responses"]!.AsObject())
        {
            var answer = response!["$ref"] is { } reference ? document["components"]!["responses"]![((string)reference!).Split('/')[^1]]! : response;
            var content = answer["content"]?.AsObject().Select(media => media.Value!["schema"] is { } schema && media.Key == "application/json" ? Type(schema) : Text(media.Key)) ?? [];
            html.Append(CultureInfo.InvariantCulture, $"<dt><code>{status}</code> <small>{string.Join(" or ", content)}</small></dt><dd>{Text(answer["description"])}</dd>");
        }

        html.Append("</dl></div></details>");
    }

    private void WriteSchema(string name, JsonNode schema)
    {
        html.Append(CultureInfo.InvariantCulture, $"<details id=\"{Anchor(name)}\"><summary><code>{Text(name)}</code><span>{Text(schema["description"])}</span></summary><div class=\"in\"><dl>");
        var required = schema["required"]?.AsArray().Select(one => (string)one!).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var (member, of) in schema["properties"]!.AsObject()) WriteMember(Text(member), Type(of!) + (required.Contains(member) ? ", required" : ""), of!);
        html.Append("</dl>");
        foreach (var example in schema["examples"]?.AsArray() ?? [])
            html.Append(CultureInfo.InvariantCulture, $"<h4>Example</h4><pre>{Encode(example!.ToJsonString(Indented))}</pre>");
        html.Append("</div></details>");
    }

    private void WriteMember(string name, string type, JsonNode of)
    {
        var schema = of["schema"] ?? of;
        html.Append(CultureInfo.InvariantCulture, $"<dt><code>{name}</code> <small>{type}</small></dt><dd>{Text(of["description"])}");
        foreach (var (word, label) in ((string, string)[])[("const", "Always"), ("enum", "One of"), ("minimum", "From"), ("maximum", "To"), ("maxLength", "At most, in characters:"), ("default", "Default")])
        {
            if (schema.AsObject().ContainsKey(word)) html.Append(CultureInfo.InvariantCulture, $" {label} <code>{Encode(Show(schema[word]))}</code>.");
        }

        html.Append("</dd>");
    }

    private static string Show(JsonNode? value) => value is JsonArray all ? string.Join(", ", all.Select(Show)) : value?.ToJsonString(Indented) ?? "null";

    private static string Type(JsonNode schema) => schema switch
    {
        _ when schema["$ref"] is { } reference => Link(((string)reference!).Split('/')[^1]),
        _ when (schema["anyOf"] ?? schema["oneOf"]) is JsonArray any => string.Join(" or ", any.Select(one => Type(one!))),
        _ when schema["items"] is { } items => $"list of {Type(items)}",
        _ when schema["type"] is JsonArray types => string.Join(" or ", types.Select(one => Text(one))),
        _ => Text(schema["format"] ?? schema["type"] ?? "JSON"),
    };

    private static string Link(string name) => $"<a href=\"#{Anchor(name)}\">{Encode(name)}</a>";

    private static string Anchor(string name) => $"the-{Encode(name.Replace(' ', '-'))}";

    private static string Text(JsonNode? text) => Encode((string?)text ?? "");

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}

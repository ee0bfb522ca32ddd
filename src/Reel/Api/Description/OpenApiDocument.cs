using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reel.Models;

namespace Reel.Api.Description;

/// <summary>The API in the words of OpenAPI 3.1: the routes, what <see cref="Operations"/> says of them, the types of answers, and the model catalogue.</summary>
internal sealed class OpenApiDocument
{
    // What any operation that wants a key may answer.
    private static readonly (int Status, string Name)[] Shared = [(401, "Unauthorized"), (500, "Internal"), (503, "Unavailable")];

    private readonly JsonObject components = [];
    private readonly AnswerSchemas answers;
    private readonly JsonObject paths = [];

    private OpenApiDocument() => answers = new AnswerSchemas(components);

    /// <summary>Writes the document; without <c>servers</c>, which depend on how the caller comes.</summary>
    public static JsonObject Write(IEnumerable<Endpoint> endpoints)
    {
        var document = new OpenApiDocument();
        ModelSchemas.AddTo(document.components);
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>()) document.Add(endpoint);
        return document.Finish();
    }

    private void Add(RouteEndpoint endpoint)
    {
        var isPublic = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var pattern = endpoint.RoutePattern.RawText!;
        foreach (var verb in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
        {
            // HEAD answers as GET does, without a body. What nobody has described is left out, and a test finds it.
            if (verb == HttpMethods.Head || !Operations.All.TryGetValue($"{verb} {pattern}", out var operation)) continue;
            if (operation.Body != BodyKind.Model) Put(pattern, verb, Write(operation, isPublic, null));
            else foreach (var model in ModelCatalog.All) Put(pattern.Replace("{model}", model.Slug, StringComparison.Ordinal), verb, Write(operation, isPublic, model));
        }
    }

    private void Put(string path, string verb, JsonObject operation)
    {
        if (paths[path] is not JsonObject item) paths[path] = item = [];
        item[verb.ToLowerInvariant()] = operation;
    }

    private JsonObject Write(Operation operation, bool isPublic, VideoModel? model)
    {
        var written = new JsonObject
        {
            ["operationId"] = model is null ? operation.Id : $"{operation.Id}-{model.Slug}",
            ["tags"] = new JsonArray(operation.Group),
            ["summary"] = model is null ? operation.Summary : $"{operation.Summary}: {model.Title}",
            ["description"] = model is null ? operation.Text : $"{model.Description} {operation.Text}",
        };
        if (isPublic) written["security"] = new JsonArray();
        if (operation.Inputs.Count > 0) written["parameters"] = new JsonArray([.. operation.Inputs.Select(Write)]);
        if (operation.Body == BodyKind.Model) written["requestBody"] = Body(model!.Slug);
        if (operation.Body == BodyKind.Batch) written["requestBody"] = BatchBodies();
        if (operation.Body == BodyKind.Redelivery) written["requestBody"] = WebhookBodies.Redelivery();
        if (operation.Body == BodyKind.Resume) written["requestBody"] = WebhookBodies.Resume();
        written["responses"] = Responses(operation, isPublic);
        return written;
    }

    private static JsonObject Write(Input input)
    {
        var written = new JsonObject { ["name"] = input.Name, ["in"] = input.Place, ["description"] = input.Text };
        if (input.Place == "path") written["required"] = true;
        written["schema"] = JsonNode.Parse(input.Schema);
        return written;
    }

    private static JsonObject Body(string schema) => new()
    {
        ["required"] = true,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = AnswerSchemas.Reference(schema) } },
    };

    private static JsonObject BatchBodies()
    {
        var body = Body(ModelSchemas.Batch);
        foreach (var type in BatchBody.LineTypes)
        {
            body["content"]![type] = new JsonObject
            {
                ["schema"] = new JsonObject { ["type"] = "string", ["description"] = "A request on each line, as in requests of the JSON body." },
            };
        }

        return body;
    }

    private JsonObject Responses(Operation operation, bool isPublic)
    {
        var responses = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var outcome in operation.Answers) responses[Key(outcome.Status)] = Write(outcome);
        if (!isPublic)
        {
            foreach (var (status, name) in Shared) responses.TryAdd(Key(status), new JsonObject { ["$ref"] = $"#/components/responses/{name}" });
        }

        var written = new JsonObject();
        foreach (var (status, response) in responses) written[status] = response;
        return written;

        static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
    }

    private JsonObject Write(Outcome outcome)
    {
        var headers = new JsonObject();
        foreach (var name in Headers.Always.Concat(outcome.Headers)) headers[name] = new JsonObject { ["$ref"] = $"#/components/headers/{name}" };
        var written = new JsonObject { ["description"] = outcome.Text, ["headers"] = headers };
        var content = new JsonObject();
        if (outcome.MediaType is { } media) content[media] = media.StartsWith("text/", StringComparison.Ordinal)
            ? new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } }
            : new JsonObject();
        if (outcome.Types.Count > 0)
        {
            var schemas = outcome.Types.Select(answers.Of).ToArray();
            content["application/json"] = new JsonObject { ["schema"] = schemas is [var one] ? one : new JsonObject { ["anyOf"] = new JsonArray(schemas) } };
        }

        if (content.Count > 0) written["content"] = content;
        return written;
    }

    private JsonObject Finish()
    {
        // Told in events and by webhooks, and errors outside of any operation.
        foreach (var type in (Type[])[typeof(Generations.Progress), typeof(RequestAnswer), typeof(BatchAnswer), typeof(ApiError)]) answers.Of(type);
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Reel",
                ["summary"] = "Kling videos: rendered by Segmind at most once, saved, and told to a webhook.",
                ["description"] = "What GET answers, HEAD answers without its body. An unknown path is 404 and another verb 405 with Allow, both with an Error.",
                ["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "1",
            },
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }, new JsonObject { ["bearer"] = new JsonArray() }),
            ["paths"] = paths,
            ["webhooks"] = WebhookDescriptions.Write(),
            ["components"] = new JsonObject
            {
                ["schemas"] = components,
                ["responses"] = new JsonObject
                {
                    ["Unauthorized"] = Write(new Outcome(401, "No key, or none that is known.", [typeof(ApiError)])),
                    ["Internal"] = Write(new Outcome(500, "A defect of Reel's own.", [typeof(ApiError)])),
                    ["Unavailable"] = Write(new Outcome(
                        503, "The durable engine or storage does not answer; with Retry-After where it may be repeated.", [typeof(ApiError)], null, Headers.RetryAfter)),
                },
                ["headers"] = Headers.Describe(),
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject
                    {
                        ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key", ["description"] = "Where no keys are set, callers on the same machine need none.",
                    },
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The same key as a bearer token." },
                },
            },
        };
    }
}

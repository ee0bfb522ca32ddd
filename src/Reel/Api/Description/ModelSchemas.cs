using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Batches;
using Reel.Generations;
using Reel.Models;
using Reel.Webhooks;

namespace Reel.Api.Description;

/// <summary>The schemas of bodies, from the model catalogue and Reel's own fields.</summary>
internal static class ModelSchemas
{
    public const string Batch = "BatchBody";

    /// <summary>Adds a component for each model's body, for each model's request in a batch, and for a batch.</summary>
    public static void AddTo(JsonObject components)
    {
        foreach (var model in ModelCatalog.All)
        {
            components[model.Slug] = Body(model);
            components[InBatch(model)] = Item(model);
        }

        components[Batch] = BatchBodySchema();
    }

    /// <summary>The slug's component for requests of a batch.</summary>
    private static string InBatch(VideoModel model) => $"{model.Slug}-in-batch";

    private static JsonObject Body(VideoModel model)
    {
        var schema = Open(model);
        var properties = Parameters(model);
        AddOwn(properties, WebhookTypes.OfVideo, withKey: true);
        return Close(schema, properties, Required(model), model.Example);
    }

    private static JsonObject Item(VideoModel model)
    {
        var schema = Open(model);
        var properties = new JsonObject { ["model"] = new JsonObject { ["type"] = "string", ["const"] = model.Slug } };
        foreach (var (name, parameter) in Parameters(model)) properties[name] = parameter!.DeepClone();
        AddOwn(properties, WebhookTypes.OfVideo, withKey: false);
        var example = new JsonObject { ["model"] = model.Slug };
        foreach (var property in model.Example.EnumerateObject()) example[property.Name] = Node(property.Value);
        return Close(schema, properties, ["model", .. Required(model)], JsonElement.Parse(example.ToJsonString()));
    }

    private static JsonObject BatchBodySchema()
    {
        var mapping = new JsonObject();
        foreach (var model in ModelCatalog.All) mapping[model.Slug] = $"#/components/schemas/{InBatch(model)}";
        var properties = new JsonObject
        {
            [BatchBody.RequestsField] = new JsonObject
            {
                ["type"] = "array",
                ["description"] = "The requests: each a model and its parameters.",
                ["minItems"] = 1,
                ["maxItems"] = BatchIds.MostRequests,
                ["items"] = new JsonObject
                {
                    ["oneOf"] = new JsonArray([.. ModelCatalog.All.Select(model => AnswerSchemas.Reference(InBatch(model)))]),
                    ["discriminator"] = new JsonObject { ["propertyName"] = "model", ["mapping"] = mapping },
                },
            },
            [BatchBody.Concurrency] = new JsonObject
            {
                ["type"] = "integer", ["minimum"] = 1, ["description"] = "How many of the requests are under way at once, up to the setting Batches__Concurrency.",
            },
        };
        AddOwn(properties, WebhookTypes.OfBatch, withKey: true);
        return Close(new JsonObject { ["type"] = "object", ["description"] = "Up to 1,000 requests." }, properties, [BatchBody.RequestsField], null);
    }

    private static JsonObject Open(VideoModel model) => new() { ["type"] = "object", ["title"] = model.Title, ["description"] = Describe(model) };

    private static string Describe(VideoModel model) => string.Create(
        CultureInfo.InvariantCulture,
        $"{model.Description} Takes about {model.TypicalTime.TotalSeconds:0} s{(model.Price is { } price ? $" and costs {price.Low:0.000} to {price.High:0.000} USD" : "")}.");

    private static JsonObject Close(JsonObject schema, JsonObject properties, IEnumerable<string> required, JsonElement? example)
    {
        schema["properties"] = properties;
        schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        schema["additionalProperties"] = false;
        if (example is { } given) schema["examples"] = new JsonArray(Node(given));
        return schema;
    }

    private static IEnumerable<string> Required(VideoModel model) => model.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name);

    private static JsonObject Parameters(VideoModel model)
    {
        var properties = new JsonObject();
        foreach (var parameter in model.Parameters)
        {
            var schema = Schema(parameter);
            if (model.Example.TryGetProperty(parameter.Name, out var example)) schema["examples"] = new JsonArray(Node(example));
            properties[parameter.Name] = schema;
        }

        return properties;
    }

    private static JsonObject Schema(ModelParameter parameter)
    {
        var described = ParameterDescription.Of(parameter);
        var schema = new JsonObject { ["description"] = parameter.Help };
        var isWhole = parameter.Type == ParameterType.WholeNumber;
        var isNothing = parameter.Default is { ValueKind: JsonValueKind.Null };

        // Digits in a string are taken too: the pages' own examples send them.
        schema["type"] = isWhole ? new JsonArray(described.Type, "string") : isNothing ? new JsonArray(described.Type, "null") : described.Type;
        if (isWhole && parameter.Allowed is null) schema["pattern"] = "^[0-9]+$";
        if (described.Format is { } format) (schema["format"], schema["pattern"]) = (format, "^[Hh][Tt][Tt][Pp][Ss]?://");
        if (parameter.Required && parameter.Type == ParameterType.Text) schema["pattern"] = "\\S";
        if (parameter.Allowed is { } allowed)
        {
            var digits = isWhole ? allowed.Select(value => (JsonNode)JsonValue.Create(value.GetRawText())) : [];
            schema["enum"] = new JsonArray([.. allowed.Select(Node), .. digits]);
        }

        if (parameter.Minimum is { } least) schema["minimum"] = least;
        if (parameter.Maximum is { } most) schema["maximum"] = most;
        if (parameter.MaxLength is { } length) schema["maxLength"] = length;
        if (parameter.Default is { } byDefault) schema["default"] = Node(byDefault);
        return schema;
    }

    private static void AddOwn(JsonObject properties, IReadOnlyList<string> events, bool withKey)
    {
        properties[ReservedFields.WebhookUrl] = new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = ReservedFields.WebhookPattern,
            ["description"] = "Who is told what becomes of it, in a signed POST that is repeated until it is heard; without it your key's default endpoint, and empty for none. Reel's own: not sent on.",
        };
        properties[ReservedFields.WebhookEvents] = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. events.Select(type => JsonValue.Create(type))]) },
            ["description"] = $"What the webhook is told of: any of {string.Join(", ", events)}. Without it, "
                + (events.Contains(WebhookTypes.BatchCompleted)
                    ? "of batch.completed; those of video.* are told of each request that does not choose otherwise."
                    : "of video.completed and video.failed.")
                + " Reel's own: not sent on.",
        };
        properties[ReservedFields.MetadataField] = new JsonObject
        {
            ["type"] = "object", ["description"] = "Yours, up to 4 KiB; returned in results and webhooks. Reel's own: not sent on.",
        };
        if (!withKey) return;
        properties[ReservedFields.IdempotencyKey] = new JsonObject
        {
            ["type"] = "string",
            ["minLength"] = 1,
            ["maxLength"] = IdempotencyKeys.MaxLength,
            ["description"] = "The same key with the same contents is the same request. Reel's own: not sent on.",
        };
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());
}

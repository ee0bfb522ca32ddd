using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Reel.Models;

namespace Reel.Api.Description;

/// <summary>The schemas of answers, from the types that are written; each type of an object is a component.</summary>
internal sealed class AnswerSchemas(JsonObject components)
{
    // What is null is left out of an answer, but for this one.
    private const string ShownAsNull = "price_usd";

    /// <summary>The schema of an answer: a reference, where it is an object.</summary>
    public JsonObject Of(Type type) => Of(TypeInfo(type), type);

    /// <summary>A reference to a component.</summary>
    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static JsonTypeInfo TypeInfo(Type type) =>
        ApiJson.Types.GetTypeInfo(type) ?? ModelJson.Types.GetTypeInfo(type) ?? throw new InvalidOperationException($"No answer is a {type}.");

    private JsonObject Of(JsonTypeInfo info, Type type) => info.Kind switch
    {
        JsonTypeInfoKind.Object => Component(info),
        JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Of(info.Options.GetTypeInfo(info.ElementType!), info.ElementType!) },
        JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(info.Options.GetTypeInfo(info.ElementType!), info.ElementType!) },
        _ => Leaf(info.Options, type),
    };

    private JsonObject Component(JsonTypeInfo info)
    {
        var name = AnswerTexts.NameOf(info.Type);
        if (!components.ContainsKey(name))
        {
            var schema = new JsonObject { ["type"] = "object" };
            components[name] = schema; // before its members: they may refer to it
            if (AnswerTexts.Find(name) is { } text) schema["description"] = text;
            var required = new JsonArray();
            var members = new JsonObject();
            foreach (var property in info.Properties)
            {
                members[property.Name] = Member(name, property);
                if (!property.IsGetNullable || property.Name == ShownAsNull) required.Add(JsonValue.Create(property.Name));
            }

            schema["properties"] = members;
            if (required.Count > 0) schema["required"] = required;
        }

        return Reference(name);
    }

    private JsonObject Member(string owner, JsonPropertyInfo property)
    {
        var type = property.PropertyType;
        var schema = Of(property.Options.GetTypeInfo(type), type);
        if (property.Name == ShownAsNull) schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        AnswerTexts.Describe(schema, owner, property.Name);
        return schema;
    }

    private static JsonObject Leaf(JsonSerializerOptions options, Type type)
    {
        if (options.GetJsonSchemaAsNode(type) is not JsonObject schema) return [];
        if (schema["type"] is JsonArray types)
        {
            foreach (var none in types.Where(one => (string?)one == "null").ToList()) types.Remove(none);
            if (types.Count == 1) schema["type"] = (string?)types[0];
        }

        return schema;
    }
}

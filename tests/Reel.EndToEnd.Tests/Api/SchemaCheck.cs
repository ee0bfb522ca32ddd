using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Reel.EndToEnd.Tests.Api;

/// <summary>
/// Holds JSON against a schema, in so much of JSON Schema 2020-12 as the description uses; a keyword beyond that is an error, so that none is overlooked.
/// </summary>
internal sealed class SchemaCheck(JsonObject document)
{
    /// <summary>What is wrong with a value; nothing when it is valid.</summary>
    public IReadOnlyList<string> Faults(JsonNode schema, JsonNode? value, string at = "$") =>
        [.. schema.AsObject().SelectMany(keyword => Faults(keyword.Key, keyword.Value!, schema, value, at))];

    private IEnumerable<string> Faults(string keyword, JsonNode rule, JsonNode schema, JsonNode? value, string at) => keyword switch
    {
        "$ref" => Faults(Resolve((string)rule!), value, at),
        "type" => Unless(Types(rule).Any(type => Is(type, value)), $"{at} is no {rule.ToJsonString()}"),
        "enum" => Unless(rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)), $"{at} is not one of {rule.ToJsonString()}"),
        "const" => Unless(JsonNode.DeepEquals(rule, value), $"{at} is not {rule.ToJsonString()}"),
        "properties" => value is JsonObject all
            ? rule.AsObject().Where(member => all.ContainsKey(member.Key)).SelectMany(member => Faults(member.Value!, all[member.Key], $"{at}.{member.Key}"))
            : [],
        "required" => value is JsonObject all ? rule.AsArray().Where(name => !all.ContainsKey((string)name!)).Select(name => $"{at} has no {name}") : [],
        "additionalProperties" => value is JsonObject all
            ? all.Where(member => schema["properties"]?[member.Key] is null)
                .SelectMany(member => rule is JsonObject of ? Faults(of, member.Value, $"{at}.{member.Key}") : Unless((bool)rule, $"{at}.{member.Key} is not known"))
            : [],
        "items" => value is JsonArray list ? list.SelectMany((item, index) => Faults(rule, item, $"{at}[{index}]")) : [],
        "minItems" => Unless(value is not JsonArray list || list.Count >= (int)rule, $"{at} is too short"),
        "maxItems" => Unless(value is not JsonArray list || list.Count <= (int)rule, $"{at} is too long"),
        "anyOf" => Unless(rule.AsArray().Any(one => Faults(one!, value, at).Count == 0), $"{at} fits none of {rule.ToJsonString()}"),
        "oneOf" => Unless(rule.AsArray().Count(one => Faults(one!, value, at).Count == 0) == 1, $"{at} does not fit exactly one of {rule.ToJsonString()}"),
        "minimum" => Unless(Number(value) is not { } number || number >= (double)rule, $"{at} is less than {rule}"),
        "maximum" => Unless(Number(value) is not { } number || number <= (double)rule, $"{at} is more than {rule}"),
        "minLength" => Unless(Text(value) is not { } text || text.Length >= (int)rule, $"{at} is too short"),
        "maxLength" => Unless(Text(value) is not { } text || text.EnumerateRunes().Count() <= (int)rule, $"{at} is too long"),
        "pattern" => Unless(Text(value) is not { } text || Regex.IsMatch(text, (string)rule!), $"{at} does not match {rule}"),
        "format" => Unless(Text(value) is not { } text || HasFormat((string)rule!, text), $"{at} is no {rule}"),
        "description" or "title" or "default" or "examples" or "discriminator" => [],
        _ => throw new InvalidOperationException($"The keyword {keyword} is not known here."),
    };

    private JsonNode Resolve(string reference) => document["components"]!["schemas"]![reference["#/components/schemas/".Length..]]!;

    private static string[] Unless(bool isWell, string fault) => isWell ? [] : [fault];

    private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray all ? all.Select(one => (string)one!) : [(string)rule!];

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("integer", JsonValueKind.Number) => Number(value) is { } number && Math.Floor(number) == number,
        ("number", JsonValueKind.Number) or ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        _ => false,
    };

    private static double? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private static bool HasFormat(string format, string text) => format switch
    {
        "date-time" => Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        _ => throw new InvalidOperationException($"The format {format} is not known here."),
    };
}

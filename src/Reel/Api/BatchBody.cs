using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Reel.Batches;
using Reel.Models;

namespace Reel.Api;

/// <summary>
/// A batch as it was sent: one JSON object with <c>requests</c>, or JSON Lines with a request on each line and the options as query parameters.
/// </summary>
/// <param name="Options">A JSON object with all that is not a request.</param>
/// <param name="QueryNames">The query parameters that it may come with.</param>
/// <param name="Requests">Null when there is no list of them; null in it for a line that is no JSON. No more than one too many.</param>
internal sealed record BatchBody(JsonElement Options, IReadOnlyCollection<string> QueryNames, IReadOnlyList<JsonElement?>? Requests)
{
    public const string RequestsField = "requests";
    public const string Concurrency = "concurrency";

    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The content types of JSON Lines.</summary>
    public static IReadOnlyList<string> LineTypes { get; } = ["application/x-ndjson", "application/jsonl", "application/json-lines"];

    /// <summary>The fields of the object, and the query parameters of JSON Lines.</summary>
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(ReservedFields.Names, StringComparer.Ordinal) { RequestsField, Concurrency };

    private static readonly string[] OptionNames = [.. Names.Where(name => name != RequestsField)];

    /// <summary>Reads it.</summary>
    /// <exception cref="ApiException">406 for another content type, 413 for more than the limit, 400 for a body that is not of its type.</exception>
    public static async Task<BatchBody> ReadAsync(HttpRequest request)
    {
        var isLines = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && LineTypes.Any(known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase));
        if (!isLines && !request.HasJsonContentType()) throw new ApiException(406, new ApiError("Invalid content type", "invalid_content_type"));

        var bytes = await RequestBody.ReadAsync(request, MaxBytes);
        return isLines ? ReadLines(request.Query, bytes) : ReadObject(bytes);
    }

    private static BatchBody ReadObject(ReadOnlyMemory<byte> bytes)
    {
        var root = RequestBody.ParseObject(bytes, "The body must be a JSON object with the field 'requests'");
        var requests = root.EnumerateObject().FirstOrDefault(property => JsonText.Name(property) == RequestsField).Value;
        return new BatchBody(root, [ReservedFields.WebhookUrl], requests.ValueKind == JsonValueKind.Array
            ? [.. requests.EnumerateArray().Take(BatchIds.MostRequests + 1).Select(item => (JsonElement?)item)]
            : null);
    }

    private static BatchBody ReadLines(IQueryCollection query, ReadOnlyMemory<byte> bytes)
    {
        List<JsonElement?> requests = [];
        while (bytes.Length > 0 && requests.Count <= BatchIds.MostRequests)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty) requests.Add(RequestBody.TryParse(line));
        }

        return new BatchBody(ReadOptions(query), OptionNames, requests);
    }

    /// <summary>The query parameters as the object would have them: what is no JSON is text, and events are separated by commas.</summary>
    private static JsonElement ReadOptions(IQueryCollection query)
    {
        var fields = OptionNames.Where(name => query[name].Count > 0).Select(name => $"\"{name}\":{Value(name, query[name].ToString())}");
        return RequestBody.ParseObject(Encoding.UTF8.GetBytes($"{{{string.Join(',', fields)}}}"), "The query parameters must be of a batch");

        static string Value(string name, string text) => name switch
        {
            ReservedFields.WebhookEvents => $"[{string.Join(',', text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Text))}]",
            ReservedFields.MetadataField or Concurrency when RequestBody.TryParse(Encoding.UTF8.GetBytes(text)) is not null => text,
            _ => Text(text),
        };

        static string Text(string text) => JsonSerializer.Serialize(text, ApiJson.Types.String);
    }
}

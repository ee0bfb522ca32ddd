using System.Text.Json.Nodes;

namespace Reel.Api.Description;

/// <summary>The headers of answers.</summary>
internal static class Headers
{
    public const string RetryAfter = "Retry-After";
    public const string Replayed = "Idempotent-Replayed";
    public const string Cost = "x-cost";
    public const string Credits = "x-remaining-credits";
    public const string GenerationTime = "x-generation-time";
    public const string ETag = "ETag";
    public const string ContentRange = "Content-Range";

    /// <summary>Those that every answer has.</summary>
    public static IReadOnlyList<string> Always { get; } = [AnswerHeaders.RequestId, "Cache-Control", "Server-Timing"];

    /// <summary>All of them, as components of a document.</summary>
    public static JsonObject Describe() => new()
    {
        [AnswerHeaders.RequestId] = Header("The request that the answer is about, or an id of the call, under which the log has its error.", "string"),
        ["Cache-Control"] = Header("no-store for states.", "string"),
        ["Server-Timing"] = Header("Milliseconds to the first byte (total), and how many of them at the durable engine and at storage.", "string"),
        [RetryAfter] = Header("After how many seconds it makes sense to ask again.", "integer"),
        [Replayed] = Header("true: the request was there already.", "string"),
        [Cost] = Header("What the provider charged, in credits.", "number"),
        [Credits] = Header("The provider account's remaining credits.", "number"),
        [GenerationTime] = Header("Seconds that the provider took.", "number"),
        [ETag] = Header("Changes with the content.", "string"),
        [ContentRange] = Header("Which part of how many bytes.", "string"),
    };

    private static JsonObject Header(string text, string type) => new() { ["description"] = text, ["schema"] = new JsonObject { ["type"] = type } };
}

using System.Globalization;
using System.Text.Json.Nodes;
using Reel.Generations;
using Reel.Models;

namespace Reel.Api.Description;

/// <summary>The parameters that operations take beside their bodies.</summary>
internal static class Inputs
{
    private const string TimeSchema = """{"type": "string", "format": "date-time"}""";
    private const string Flag = """{"type": "boolean", "default": false}""";

    public static Input Request { get; } = new("id", "path", "The request's id.", """{"type": "string", "format": "uuid"}""");

    public static Input Batch { get; } = new("id", "path", "The batch's id.", """{"type": "string", "format": "uuid"}""");

    public static Input Model { get; } = new("model", "path", "The model's slug.", Slugs());

    public static Input ModelFilter { get; } = new("model", "query", "Only requests for this model.", Slugs());

    public static Input Status { get; } = new(
        "status", "query", "Only requests of this status; case does not matter.", """{"type": "string", "enum": ["QUEUED", "PROCESSING", "COMPLETED", "FAILED"]}""");

    public static Input Since { get; } = new("since", "query", "From this time of acceptance on; UTC where no offset is given.", TimeSchema);

    public static Input Until { get; } = new("until", "query", "To before this time of acceptance; UTC where no offset is given.", TimeSchema);

    public static Input Limit { get; } = new("limit", "query", "How many to a page.", """{"type": "integer", "minimum": 1, "maximum": 100, "default": 20}""");

    public static Input Cursor { get; } = new("cursor", "query", "The next_cursor of the page before.", """{"type": "string"}""");

    public static Input Wait { get; } = new(
        "wait",
        "query",
        "For how many seconds the answer may wait for another status or stage.",
        """{"type": "number", "minimum": 0, "maximum": 60, "default": 0}""");

    public static Input DryRun { get; } = new(
        "dry_run", "query", "Only validate, and say what it would cost and how long it takes: nothing is submitted.", Flag);

    public static Input WebhookUrl { get; } = new("webhook_url", "query", "The webhook, where the body has none; empty for none at all.", $$"""{"type": "string", "pattern": "{{ReservedFields.WebhookPattern}}"}""");

    public static Input WebhookEvents { get; } = new(
        "webhook_events", "query", "For JSON Lines: what the webhook is told of, separated by commas.", """{"type": "string", "examples": ["video.failed,batch.completed"]}""");

    public static Input IdempotencyKey { get; } = new(
        "Idempotency-Key",
        "header",
        "The same key with the same body is the same request. Bare or in quotes; the field idempotency_key says the same.",
        $$"""{"type": "string", "minLength": 1, "maxLength": {{IdempotencyKeys.MaxLength.ToString(CultureInfo.InvariantCulture)}}}""");

    public static Input Concurrency { get; } = new(
        "concurrency", "query", "For JSON Lines: how many of the requests are under way at once.", """{"type": "integer", "minimum": 1}""");

    public static Input Metadata { get; } = new("metadata", "query", "For JSON Lines: a JSON object of yours, up to 4 KiB.", """{"type": "string"}""");

    public static Input LastEventId { get; } = new(
        "Last-Event-ID", "header", "The id of the last event that was seen: only what has changed since is told.", """{"type": "string"}""");

    public static Input Range { get; } = new("Range", "header", "A part of the video, such as bytes=0-1023.", """{"type": "string"}""");

    public static Input IfNoneMatch { get; } = new("If-None-Match", "header", "The ETag of what is there already.", """{"type": "string"}""");

    public static Input PageVersion { get; } = new("version", "path", "Which page it is of; changes with its content.", """{"type": "string"}""");

    public static Input PageFile { get; } = new("file", "path", "The file's name.", """{"type": "string"}""");

    private static string Slugs() =>
        new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. ModelCatalog.All.Select(model => JsonValue.Create(model.Slug))]) }.ToJsonString();
}

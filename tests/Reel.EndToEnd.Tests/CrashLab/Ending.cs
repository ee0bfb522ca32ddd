using System.Globalization;
using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>A request as Reel tells of it in the end.</summary>
/// <param name="WasSubmitted">The provider was known to have it.</param>
/// <param name="WasRendered">The provider was seen to have completed it.</param>
internal sealed record Ending(
    string Id, int Shot, string Status, string? ErrorCode, string? Charged, string? ProviderId, string? Output, bool WasSubmitted, bool WasRendered)
{
    public static Ending Of(JsonNode result) => new(
        (string)result["request_id"]!, CrashLab.Shot.NumberIn(result), (string)result["status"]!, (string?)result["error_code"], (string?)result["charged"],
        (string?)result["provider_request_id"], (string?)result["output"], result["submitted_at"] is not null, result["rendered_at"] is not null);

    /// <summary>Whether an event happened; null where the end does not tell.</summary>
    public bool? Reached(string type) => type switch
    {
        WebhookTypes.VideoQueued => true,
        WebhookTypes.VideoProcessing => WasRendered ? true : WasSubmitted ? null : false,
        WebhookTypes.VideoCompleted => Status == "COMPLETED",
        _ => Status == "FAILED",
    };

    /// <summary>What every attempt at telling of an event must be like, whenever it is made.</summary>
    public Attempt Right(string type, string timestamp) => new(
        WebhookEvent.IdFor(Id, type),
        WebhookVerdict.Valid,
        type,
        timestamp,
        type switch { WebhookTypes.VideoQueued => "QUEUED", WebhookTypes.VideoProcessing => "PROCESSING", _ => Status },
        type == WebhookTypes.VideoFailed ? ErrorCode : null);

    public override string ToString() => $"{Status} {ErrorCode}, charged {Charged}";
}

/// <summary>A submit as the provider saw it.</summary>
/// <param name="Status">What was answered; null for nothing.</param>
internal sealed record Submit(int? Status, bool Accepted)
{
    /// <summary>Surely not accepted, and worth another try. After all else there must be none.</summary>
    public bool MayBeRepeated => !Accepted && Status is 429 or 500 or 502 or 503;

    public override string ToString() => $"{Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"}{(Accepted ? " accepted" : "")}";
}

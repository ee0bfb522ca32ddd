using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.Api.Description;

/// <summary>What a webhook is told.</summary>
internal static class WebhookDescriptions
{
    public static JsonObject Write() => new()
    {
        [WebhookTypes.VideoQueued] = Describe(WebhookTypes.VideoQueued, "A request was accepted. Told where it was chosen.", "Request"),
        [WebhookTypes.VideoProcessing] = Describe(WebhookTypes.VideoProcessing, "A request is PROCESSING. Told where it was chosen.", "Request"),
        [WebhookTypes.VideoCompleted] = Describe(WebhookTypes.VideoCompleted, "A request is COMPLETED.", "Request"),
        [WebhookTypes.VideoFailed] = Describe(WebhookTypes.VideoFailed, "A request has FAILED.", "Request"),
        [WebhookTypes.BatchCompleted] = Describe(WebhookTypes.BatchCompleted, "A batch has ended.", "Batch"),
    };

    private static JsonObject Describe(string type, string text, string data) => new()
    {
        ["post"] = new JsonObject
        {
            ["operationId"] = $"webhook-{type}",
            ["tags"] = new JsonArray("Webhooks"),
            ["summary"] = text,
            ["description"] = "Signed as Standard Webhooks says, and repeated over days until a 2xx says that it was heard. Events may come in another order than they happened.",
            ["security"] = new JsonArray(),
            ["parameters"] = new JsonArray(
                Header("webhook-id", "The same in every attempt."), Header("webhook-timestamp", "Seconds since 1970, of the attempt."), Header("webhook-signature", "One signature for each secret, separated by spaces: v1 (HMAC-SHA256) or v1a (Ed25519), a comma and base64.")),
            ["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject
                    {
                        ["schema"] = new JsonObject
                        {
                            ["type"] = "object",
                            ["properties"] = new JsonObject
                            {
                                ["type"] = new JsonObject { ["const"] = type },
                                ["timestamp"] = new JsonObject { ["type"] = "string", ["format"] = "date-time", ["description"] = "When it happened." },
                                ["data"] = AnswerSchemas.Reference(data),
                            },
                            ["required"] = new JsonArray("type", "timestamp", "data"),
                        },
                    },
                },
            },
            ["responses"] = new JsonObject { ["2XX"] = new JsonObject { ["description"] = "It was heard." }, ["410"] = new JsonObject { ["description"] = "No more of this." } },
        },
    };

    private static JsonObject Header(string name, string text) => new()
    {
        ["name"] = name, ["in"] = "header", ["description"] = text, ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" },
    };
}

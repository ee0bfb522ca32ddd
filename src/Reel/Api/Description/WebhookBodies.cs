using System.Text.Json.Nodes;

namespace Reel.Api.Description;

/// <summary>What is sent about deliveries and endpoints.</summary>
internal static class WebhookBodies
{
    public static JsonObject Redelivery() => Body(isRequired: false, """
        {
          "type": "object",
          "properties": {
            "type": {"type": "string", "description": "The event's type; without it and event_id, the one that tells the end."},
            "event_id": {"type": "string", "description": "The event's id."}
          },
          "additionalProperties": false
        }
        """);

    public static JsonObject Resume() => Body(isRequired: true, """
        {
          "type": "object",
          "properties": {
            "url": {"type": "string", "format": "uri", "description": "The endpoint's; its query does not matter."},
            "redeliver": {"type": "boolean", "default": false, "description": "Also send what it has missed."}
          },
          "required": ["url"],
          "additionalProperties": false
        }
        """);

    private static JsonObject Body(bool isRequired, string schema) => new()
    {
        ["required"] = isRequired,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = JsonNode.Parse(schema) } },
    };
}

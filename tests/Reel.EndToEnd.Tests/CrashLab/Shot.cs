using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>A request of the lab; what it is like follows from the seed and its number.</summary>
internal sealed class Shot
{
    private readonly ConcurrentDictionary<string, bool> ids = new();
    private readonly ConcurrentDictionary<string, bool> processing = new();

    public Shot(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        Number = number;
        var key = random.NextDouble() < 0.7;
        Callers = key && random.NextDouble() < 0.1 ? 2 : 1;
        Key = key ? $"shot-{number}" : null;
        HasWebhook = random.NextDouble() < 0.9;
        CancelAfter = random.NextDouble() < 0.03 ? TimeSpan.FromSeconds(3 * random.NextDouble()) : null;
        var mark = random.NextDouble() switch { < 0.02 => " " + LabProvider.Long, < 0.04 => " " + LabProvider.Fails, _ => "" };
        Prompt = $"shot {number:D6}{mark}";
        Chosen = random.NextDouble() < 0.2 ? null : [.. WebhookTypes.OfVideo.Where(_ => random.NextDouble() < 0.7)];
    }

    public int Number { get; }

    /// <summary>No other has it.</summary>
    public string Prompt { get; }

    /// <summary>With one, it is sent again until it is answered; without, never.</summary>
    public string? Key { get; }

    /// <summary>How many send it at once.</summary>
    public int Callers { get; }

    public bool HasWebhook { get; }

    /// <summary>The events that it asks for; null for those that are told to whom asks for none.</summary>
    public IReadOnlyList<string>? Chosen { get; }

    /// <summary>When it is cancelled, from its acceptance; null for never.</summary>
    public TimeSpan? CancelAfter { get; }

    /// <summary>The ids in its 200s. More than one only where the same key was sent again after an end for want of credits.</summary>
    public IReadOnlyCollection<string> Ids => [.. ids.Keys];

    /// <summary>Whether its webhook is to hear of an event, should that happen.</summary>
    public bool Wants(string type) => HasWebhook && (Chosen ?? WebhookTypes.OfVideoByDefault).Contains(type);

    /// <summary>Keeps the id of an answer.</summary>
    public void Keep(string id) => ids.TryAdd(id, true);

    /// <summary>Notes that a caller was answered PROCESSING.</summary>
    public void See(string id) => processing.TryAdd(id, true);

    /// <summary>Whether one was.</summary>
    public bool WasSeenProcessing(string id) => processing.ContainsKey(id);

    public JsonObject Body(string webhookUrl)
    {
        var body = new JsonObject { ["prompt"] = Prompt, ["duration"] = 5, ["metadata"] = new JsonObject { ["shot"] = Number } };
        if (HasWebhook) body["webhook_url"] = webhookUrl;
        if (Chosen is not null) body["webhook_events"] = new JsonArray([.. Chosen.Select(type => JsonValue.Create(type))]);
        return body;
    }

    /// <summary>The number of the shot that a result or a webhook is about.</summary>
    public static int NumberIn(JsonNode? answer) => (int)answer!["metadata"]!["shot"]!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"'{Prompt}' ({(ids.IsEmpty ? "never answered" : string.Join(", ", ids.Keys))})");
}

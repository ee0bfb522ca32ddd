namespace Reel.Webhooks;

/// <summary>Whose webhooks are signed with what: a caller's own secrets where it has some, and the common ones else.</summary>
internal sealed class CallerSecrets(WebhookOptions options)
{
    private readonly WebhookSecrets? common = Read(options.Secret);

    private readonly Dictionary<string, WebhookSecrets?> own =
        options.Keys.ToDictionary(caller => caller.Key, caller => Read(caller.Value.Secret), StringComparer.Ordinal);

    /// <summary>The secrets for a caller's webhooks; null when there are none.</summary>
    /// <param name="callerId">Null for events from before they said whose they are.</param>
    /// <param name="isOwn">Only the caller's own will do: those that its receivers were given.</param>
    public WebhookSecrets? Of(string? callerId, bool isOwn = false) => (callerId is null ? null : own.GetValueOrDefault(callerId)) ?? (isOwn ? null : common);

    /// <summary>A caller has secrets of its own.</summary>
    public bool HasOwn(string callerId) => own.GetValueOrDefault(callerId) is not null;

    private static WebhookSecrets? Read(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : WebhookSecrets.Parse(setting);
}

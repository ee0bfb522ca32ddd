namespace Reel.Webhooks;

/// <summary>Settings under <c>Webhooks__Keys__{name}</c>: the webhooks of the caller of this name.</summary>
public sealed class CallerWebhooks
{
    /// <summary>What this caller's webhooks are signed with, instead of <see cref="WebhookOptions.Secret"/>; written as that is. Unset: with that.</summary>
    public string? Secret { get; set; }

    /// <summary>Where this caller's requests and batches that name no webhook send theirs; what a caller may name, may be set. Unset: nowhere.</summary>
    public string? Url { get; set; }
}

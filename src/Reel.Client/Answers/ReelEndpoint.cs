using System.Text.Json;

namespace Reel.Client;

/// <summary>A receiver of webhooks: a URL without its query.</summary>
/// <param name="State">healthy, failing or paused.</param>
/// <param name="Missed">How many events it has missed.</param>
/// <param name="Resending">In the answer to a resume: whether what it has missed is being sent.</param>
public sealed record ReelEndpoint(
    string Url,
    string State,
    int Missed,
    DateTimeOffset? FailingSince = null,
    DateTimeOffset? PausedAt = null,
    DateTimeOffset? LastFailureAt = null,
    int? LastStatus = null,
    string? LastError = null,
    bool? Resending = null) : ReelDocument;

/// <summary>What webhooks can be verified with without a secret.</summary>
/// <param name="PublicKeys"><c>whpk_</c> keys; empty where none are signed with Ed25519.</param>
public sealed record ReelWebhookKeys(IReadOnlyList<string> PublicKeys) : ReelDocument;

/// <summary>A page of endpoints.</summary>
internal sealed record EndpointPage(IReadOnlyList<JsonElement> Endpoints, string? NextCursor) : ReelDocument;

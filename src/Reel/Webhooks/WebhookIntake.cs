using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Reel.Webhooks;

/// <summary>What is asked about webhooks when a request comes in.</summary>
public sealed class WebhookIntake(IOptions<WebhookOptions> options)
{
    private readonly CallerSecrets secrets = new(options.Value);

    /// <summary>The schedule as set now, to travel with the request, since an orchestrator must not read settings.</summary>
    public IReadOnlyList<TimeSpan> Schedule => options.Value.Schedule ?? DeliverySchedule.Default;

    /// <summary>There is a secret to sign with; without one, a request that names a webhook is refused.</summary>
    public bool CanSign(string callerId) => secrets.Of(callerId) is not null;

    /// <summary>True where a caller's own secrets sign, null where the common ones do; to travel with the request, so that no other secret takes their place.</summary>
    public bool? OwnSecret(string callerId) => secrets.HasOwn(callerId) ? true : null;

    /// <summary>The public keys that a caller's webhooks can be verified with; none where they are signed with shared secrets only.</summary>
    public IReadOnlyList<string> PublicKeysOf(string callerId) => secrets.Of(callerId)?.PublicKeys ?? [];

    /// <summary>Where a caller's events go; null for nowhere.</summary>
    /// <param name="named">What it named: null for nothing, so that its own default holds (<see cref="CallerWebhooks.Url"/>), and "" for nowhere.</param>
    public string? EndpointOf(string callerId, string? named)
    {
        if (named is not null) return named.Length == 0 ? null : named;
        return options.Value.Keys.GetValueOrDefault(callerId)?.Url is { } url && TryAccept(callerId, url, out var accepted, out _) ? accepted : null;
    }

    /// <summary>
    /// Accepts a URL and gives its canonical spelling, or tells why not, worded to follow the parameter's name ("must be …").
    /// </summary>
    public bool TryAccept(string callerId, string? url, [NotNullWhen(true)] out string? accepted, [NotNullWhen(false)] out string? error)
    {
        accepted = null;
        if (!CanSign(callerId))
        {
            error = "cannot be used here: this server has no secret to sign webhooks with (its setting Webhooks__Secret)";
            return false;
        }

        if (!WebhookUrl.TryParse(url, options.Value.AllowPrivateNetworks, out var parsed, out error, options.Value.MorePorts)) return false;
        accepted = parsed.AbsoluteUri;
        return true;
    }
}

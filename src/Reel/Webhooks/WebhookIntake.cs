using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Reel.Webhooks;

/// <summary>What is asked about webhooks when a request comes in.</summary>
public sealed class WebhookIntake(IOptions<WebhookOptions> options)
{
    /// <summary>There is a secret to sign with; without one, a request that names a webhook is refused.</summary>
    public bool CanSign => !string.IsNullOrWhiteSpace(options.Value.Secret);

    /// <summary>The schedule as set now, to travel with the request, since an orchestrator must not read settings.</summary>
    public IReadOnlyList<TimeSpan> Schedule => options.Value.Schedule ?? DeliverySchedule.Default;

    /// <summary>
    /// Accepts a URL and gives its canonical spelling, or tells why not, worded to follow the parameter's name ("must be …").
    /// </summary>
    public bool TryAccept(string? url, [NotNullWhen(true)] out string? accepted, [NotNullWhen(false)] out string? error)
    {
        accepted = null;
        if (!CanSign)
        {
            error = "cannot be used here: this server has no secret to sign webhooks with (its setting Webhooks__Secret)";
            return false;
        }

        if (!WebhookUrl.TryParse(url, options.Value.AllowPrivateNetworks, out var parsed, out error)) return false;
        accepted = parsed.AbsoluteUri;
        return true;
    }
}

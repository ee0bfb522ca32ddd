using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Reel.Webhooks;

/// <summary>
/// What a webhook's URL must be, as far as that can be said without asking the network. The rest is seen when connecting, by
/// <see cref="DestinationGuard"/>.
/// </summary>
public static class WebhookUrl
{
    /// <summary>The longest URL, in characters.</summary>
    public const int MaxLength = 2048;

    // Names that stand for this machine or an inner network: RFC 6761, RFC 6762, RFC 8375, and ICANN's reservation of .internal.
    private static readonly string[] InnerSuffixes = [".localhost", ".local", ".internal", ".home.arpa"];

    /// <summary>Reads a URL. The error is worded to follow the parameter's name ("must be …").</summary>
    /// <param name="morePorts">Ports that are allowed beside 443 and 8443.</param>
    public static bool TryParse(
        string? text,
        bool allowPrivateNetworks,
        [NotNullWhen(true)] out Uri? url,
        [NotNullWhen(false)] out string? error,
        IReadOnlyList<int>? morePorts = null)
    {
        url = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || !IsWeb(parsed))
        {
            error = "must be an absolute https URL, for instance https://example.com/hook";
            return false;
        }

        if (!HasHostName(parsed))
        {
            error = "must name a valid host";
            return false;
        }

        error = text.Length > MaxLength || parsed.AbsoluteUri.Length > MaxLength
            ? $"must have at most {MaxLength} characters"
            : FaultOf(parsed) ?? (allowPrivateNetworks ? null : FaultInPublic(parsed, morePorts ?? []));
        if (error is not null) return false;

        url = parsed;
        return true;
    }

    private static bool IsWeb(Uri url) => (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url.Host.Length > 0;

    // Some names are only found wrong when they are put into ASCII.
    private static bool HasHostName(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static string? FaultOf(Uri url)
    {
        if (url.UserInfo.Length > 0) return "must not hold credentials; webhooks are signed instead";
        if (url.Fragment.Length > 0) return "must not have a fragment (#): it would never be sent";
        if (url.Port == 0) return "must not name port 0";
        return AddressIn(url) is { } address && BlockedAddresses.KindOfNeverAllowed(address) is { } kind ? $"must not point to {kind}" : null;
    }

    private static string? FaultInPublic(Uri url, IReadOnlyList<int> morePorts)
    {
        if (url.Scheme != Uri.UriSchemeHttps) return "must be https";
        if (url.Port is not (443 or 8443) && !morePorts.Contains(url.Port))
            return morePorts.Count == 0 ? "must use port 443 or 8443" : $"must use port 443, 8443 or {string.Join(" or ", morePorts)}";
        if (AddressIn(url) is { } address)
            return BlockedAddresses.KindOf(address) is { } kind ? $"must not point to {kind}" : null;

        var name = url.IdnHost.TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || InnerSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
            return "must not point to this machine or an inner network";

        // No top-level domain begins with a digit; some resolvers would take such a name for an address.
        var lastDot = name.LastIndexOf('.');
        return lastDot < 1 || char.IsAsciiDigit(name[lastDot + 1]) ? "must name a public host, for instance example.com" : null;
    }

    // Uri turns most spellings of an address (2130706433, 0x7f.1, 0177.0.0.1) into the usual one; a trailing dot keeps it from doing so.
    private static IPAddress? AddressIn(Uri url) => IPAddress.TryParse(url.IdnHost.TrimEnd('.'), out var address) ? address : null;
}

using System.Text.RegularExpressions;

namespace Reel.Segmind;

/// <summary>
/// Where the provider's endpoints are. Built from the setting alone: URLs in answers are not followed, so the key goes to no other host.
/// </summary>
internal sealed partial class SegmindAddress
{
    private readonly string root;

    private SegmindAddress(string root, bool isEncrypted)
    {
        this.root = root;
        IsEncrypted = isEncrypted;
    }

    /// <summary>https, not http.</summary>
    public bool IsEncrypted { get; }

    /// <summary>The address for a base URL; null when it is none.</summary>
    public static SegmindAddress? Parse(string? baseUrl)
    {
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            return null;
        }

        return new(VersionAtEnd().Replace(url.AbsoluteUri, ""), url.Scheme == "https");
    }

    /// <summary>POST here starts a render.</summary>
    /// <exception cref="ArgumentException">The slug is no slug.</exception>
    public Uri Submit(string model) => Slug().IsMatch(model)
        ? new($"{root}/v2/{model}")
        : throw new ArgumentException("A model's slug is of letters, digits, dots, dashes and underscores.", nameof(model));

    /// <summary>GET here says how far it is.</summary>
    /// <exception cref="ArgumentException">The id is no id.</exception>
    public Uri Status(string requestId) => new(Result(requestId).AbsoluteUri + "/status");

    /// <summary>GET here brings the record.</summary>
    /// <exception cref="ArgumentException">The id is no id.</exception>
    public Uri Result(string requestId) => IsRequestId(requestId)
        ? new($"{root}/v2/requests/{requestId}")
        : throw new ArgumentException("A request id is of letters, digits, dashes and underscores, at most 100.", nameof(requestId));

    /// <summary>The provider's ids are UUIDs; a little more is taken, but nothing that could lead a path elsewhere.</summary>
    public static bool IsRequestId(string? text) => text is not null && RequestId().IsMatch(text);

    [GeneratedRegex(@"(/v\d+)?/*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VersionAtEnd();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,100}\z")]
    private static partial Regex RequestId();
}

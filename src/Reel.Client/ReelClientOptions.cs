namespace Reel.Client;

/// <summary>Where the API is and how patiently it is asked.</summary>
/// <param name="url">Of the API, as absolute http or https URL; a path in it is kept in front of the API's own.</param>
/// <param name="apiKey">The caller's key, of printable ASCII; null where none is needed.</param>
/// <exception cref="ArgumentException">The key has other characters.</exception>
public sealed class ReelClientOptions(Uri url, string? apiKey = null)
{
    /// <summary>Where the API is.</summary>
    public Uri Url { get; } = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");

    /// <summary>The caller's key.</summary>
    public string? ApiKey { get; } = apiKey is null ? null : HeaderText.Check(apiKey, nameof(apiKey));

    /// <summary>For how long a call that may be repeated is, while the server is away or says "later".</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told why a call is to be repeated, and after which time.</summary>
    public Action<ReelException, TimeSpan>? Waiting { get; init; }

    /// <summary>How long one attempt may take, without what it asked the server to wait.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

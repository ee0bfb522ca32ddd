using System.ComponentModel.DataAnnotations;
using Reel.Limits;
using Reel.Settings;

namespace Reel.Api;

/// <summary>Settings under <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    /// <summary>
    /// Where callers reach this API, for the URLs in answers: an absolute http(s) URL, perhaps with a path, which the page is under then too. Unset: the
    /// request's own scheme and host.
    /// To be set behind a proxy, whose outer scheme and name a host may not see.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>
    /// Callers' keys by name (<c>Api__Keys__{name}</c>): a name has 1 to 32 lower-case letters, digits and hyphens, a key 16 to 200 characters. Each
    /// key has requests of its own. None: only callers on this machine are let in.
    /// </summary>
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>
    /// How long after it came POST /v1/{model} waits for the video; 1 second to 3:40. Azure's front end waits 3:50 for an answer, and the last look and the
    /// beginning of the video take some of that.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:03:40")]
    public TimeSpan SyncWait { get; set; } = TimeSpan.FromSeconds(210);

    /// <summary>How long a stream of events goes on before its client has to come back; 1 second to 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan StreamLimit { get; set; } = TimeSpan.FromSeconds(210);

    /// <summary>
    /// The origins whose pages may call the API from a browser (CORS), separated by spaces or commas: <c>https://example.com</c>, or <c>*</c> for
    /// all, which takes keys. Unset: none.
    /// </summary>
    public string? AllowedOrigins { get; set; }

    /// <summary>The parts of <see cref="AllowedOrigins"/>.</summary>
    internal IReadOnlyList<string> Origins =>
        AllowedOrigins?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) is { } origins ? origins.Contains("*") ? ["*"] : origins : [];

    /// <summary>Limits by the name of a key (<c>Api__Limits__{name}__RequestsPerMinute</c> and so on); a caller without one may do what it likes.</summary>
    public NamedSettings<CallerLimit> Limits { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var origin in Origins.Where(origin => origin != "*" && !IsOrigin(origin)))
            yield return new ValidationResult("must be * or origins such as https://example.com, without a path.", [nameof(AllowedOrigins)]);

        // Without keys whoever is on this machine is let in, and so would be any page in its browser.
        if (Origins.Contains("*") && Keys.Count == 0)
            yield return new ValidationResult("must name origins as long as there are no Api__Keys: any page could order videos.", [nameof(AllowedOrigins)]);

        if (string.IsNullOrEmpty(PublicUrl)) yield break;
        if (PublicUrl.Length > Links.MaxBaseLength) yield return new ValidationResult($"must have at most {Links.MaxBaseLength} characters.", [nameof(PublicUrl)]);
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query != "" || url.Fragment != "")
            yield return new ValidationResult("must be an absolute http or https URL without query or fragment.", [nameof(PublicUrl)]);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.GetLeftPart(UriPartial.Authority) == text && url.UserInfo == "";
}

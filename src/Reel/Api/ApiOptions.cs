using System.ComponentModel.DataAnnotations;
using Reel.Limits;
using Reel.Settings;

namespace Reel.Api;

/// <summary>Settings under <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    /// <summary>
    /// Where callers reach this API, for the URLs in answers: an absolute http(s) URL, perhaps with a path. Unset: the request's own scheme and host.
    /// To be set behind a proxy, whose outer scheme and name a host may not see.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>
    /// Callers' keys by name (<c>Api__Keys__{name}</c>): a name has 1 to 32 lower-case letters, digits and hyphens, a key 16 to 200 characters. Each
    /// key has requests of its own. None: only callers on this machine are let in.
    /// </summary>
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>Limits by the name of a key (<c>Api__Limits__{name}__RequestsPerMinute</c> and so on); a caller without one may do what it likes.</summary>
    public NamedSettings<CallerLimit> Limits { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(PublicUrl)) yield break;
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query != "" || url.Fragment != "")
            yield return new ValidationResult("must be an absolute http or https URL without query or fragment.", [nameof(PublicUrl)]);
    }
}

using Microsoft.Extensions.Options;

namespace Reel.Segmind;

/// <summary>The provider's settings: section <c>Segmind</c>, environment variables <c>Segmind__…</c>.</summary>
public sealed class SegmindOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Segmind";

    /// <summary>The account's key, sent as <c>x-api-key</c> and nowhere else. Required.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Where the provider is. A slash or a version (<c>/v1</c>, <c>/v2</c>) at the end makes no difference.</summary>
    public string BaseUrl { get; set; } = "https://api.segmind.com";

    /// <summary>How many submits a process has under way at a time; 1 to 1,000.</summary>
    public int MaxConcurrentSubmits { get; set; } = 16;
}

/// <summary>Names the wrong setting the way it is set. Values are not repeated: they may hold secrets.</summary>
internal sealed class SegmindOptionsValidator : IValidateOptions<SegmindOptions>
{
    public ValidateOptionsResult Validate(string? name, SegmindOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(options.ApiKey))
            faults.Add("Segmind__ApiKey is not set: it is the key of your Segmind account.");
        else if (options.ApiKey.Any(character => character is <= ' ' or > '~'))
            faults.Add("Segmind__ApiKey holds a blank, a line break or a character that no key has.");
        if (SegmindAddress.Parse(options.BaseUrl) is null)
        {
            faults.Add(
                "Segmind__BaseUrl must be an absolute http or https URL without credentials, query or fragment, such as https://api.segmind.com.");
        }

        if (options.MaxConcurrentSubmits is < 1 or > 1_000)
            faults.Add("Segmind__MaxConcurrentSubmits must be 1 to 1000.");

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}

using System.Net.Mime;
using System.Text;
using System.Text.Json;

namespace Reel.Segmind;

/// <summary>An answer of the provider, or of something on the way to it, read to its end.</summary>
/// <param name="Record">The body, when it is a JSON object.</param>
/// <param name="Error">What it says went wrong, fit to show; never empty.</param>
/// <param name="RateLimitReset">The header <c>x-rate-limit-reset-at-utc</c>.</param>
internal sealed record ProviderAnswer(int StatusCode, ProviderRecord? Record, string Error, string? RateLimitReset)
{
    /// <summary>The longest body in bytes; the provider's are a few hundred.</summary>
    public const int LongestBody = 64 * 1024;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="IOException">It was cut off.</exception>
    /// <exception cref="InvalidDataException">It is longer than <see cref="LongestBody"/>.</exception>
    public static async Task<ProviderAnswer> ReadAsync(HttpResponseMessage response, string apiKey, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response.Content, cancellationToken);
        var record = Parse(body);
        var status = (int)response.StatusCode;
        var error = ProviderText.Clean(record?.ErrorText ?? Plain(response.Content, body), apiKey);
        return new(
            status,
            record,
            error.Length > 0 ? error : $"HTTP {status} without a reason",
            response.Headers.TryGetValues("x-rate-limit-reset-at-utc", out var values) ? values.First() : null);
    }

    private static async Task<string> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[LongestBody + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= LongestBody
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw new InvalidDataException($"The provider's answer is longer than {LongestBody} bytes.");
    }

    private static ProviderRecord? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SegmindJson.Default.ProviderRecord);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null; // No JSON, no object, or half a surrogate pair in a name.
        }
    }

    /// <summary>A body that is no JSON speaks for itself, unless it is a page for a browser (405 is one).</summary>
    private static string Plain(HttpContent content, string body) =>
        content.Headers.ContentType?.MediaType is MediaTypeNames.Text.Html || body.TrimStart().StartsWith('<') ? "" : body;
}

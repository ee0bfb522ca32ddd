using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Reel.Api;

/// <summary>Absolute URLs of this API, as the caller reaches it.</summary>
public sealed class Links(IOptions<ApiOptions> options)
{
    /// <summary>The longest URL that links begin with, in characters: a webhook has several and is to stay small. A host name has 253 at most.</summary>
    public const int MaxBaseLength = 512;

    /// <summary>The setting <c>Api__PublicUrl</c>, or else the request's own scheme and host; no slash at the end.</summary>
    /// <exception cref="ApiException">400: the Host header is too long for a host.</exception>
    public string BaseUrl(HttpRequest request)
    {
        if (options.Value.PublicUrl is { Length: > 0 } url) return url.TrimEnd('/');

        var own = $"{request.Scheme}://{request.Host.ToUriComponent()}";
        return own.Length <= MaxBaseLength ? own : throw new ApiException(400, new ApiError("The Host header names no host: it is too long", "invalid_request"));
    }

    /// <summary>
    /// The path of the setting <c>Api__PublicUrl</c>, with a slash at both ends. Empty where it has none: what is relative leads on then. Nothing of the request is
    /// in it.
    /// </summary>
    public string BasePath =>
        options.Value.PublicUrl is { Length: > 0 } url && new Uri(url).AbsolutePath.Trim('/') is { Length: > 0 } path ? $"/{path}/" : "";

    /// <summary>A request's light state.</summary>
    public static string Status(string baseUrl, string requestId) => $"{baseUrl}/v2/requests/{requestId}/status";

    /// <summary>A request's full result.</summary>
    public static string Result(string baseUrl, string requestId) => $"{baseUrl}/v2/requests/{requestId}";

    /// <summary>The same where the provider's older clients look for it.</summary>
    public static string Poll(string baseUrl, string requestId) => $"{baseUrl}/v1/requests/{requestId}";

    /// <summary>A batch.</summary>
    public static string Batch(string baseUrl, string batchId) => $"{baseUrl}/v2/batches/{batchId}";

    /// <summary>A request's video, served by this API.</summary>
    public static string Video(string baseUrl, string requestId) => $"{baseUrl}/v2/requests/{requestId}/video";
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Reel.Page;

/// <summary>GET / and GET /page/{version}/{file}: the page for people. It needs no key; what it shows, it gets from the API, which does.</summary>
internal static class PageEndpoints
{
    // In the order in which they are preferred.
    private static readonly string[] Encodings = ["br", "gzip"];

    /// <summary>The page.</summary>
    public static IResult Start(HttpContext context, StartPage start)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = start.ContentSecurityPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        return Answer(context, start.File, "no-cache");
    }

    /// <summary>A script or style. Under another version than this one's, as while a new one is deployed, it is not to be kept.</summary>
    public static IResult Part(string version, string file, HttpContext context) => PageFile.Parts.TryGetValue(file, out var found)
        ? Answer(context, found, version == PageFile.Version ? "public, max-age=31536000, immutable" : "no-cache")
        : TypedResults.NotFound();

    private static FileContentHttpResult Answer(HttpContext context, PageFile file, string caching)
    {
        var encoding = Choose(context.Request);
        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.XContentTypeOptions = "nosniff";
        headers.Append("Vary", "Accept-Encoding");
        if (encoding is not null) headers.ContentEncoding = encoding;
        return TypedResults.Bytes(file.Encoded(encoding), file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}{(encoding is null ? "" : $"-{encoding}")}\""));
    }

    private static string? Choose(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Encodings.FirstOrDefault(encoding => accepted.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0));
    }
}

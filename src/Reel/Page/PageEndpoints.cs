using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Reel.Videos;

namespace Reel.Page;

/// <summary>GET / and GET /page/{version}/{file}: the page for people. It needs no key; what it shows, it gets from the API, which does.</summary>
internal static class PageEndpoints
{
    // In the order in which they are preferred.
    private static readonly string[] Encodings = ["br", "gzip"];

    /// <summary>The page.</summary>
    public static IResult Start(HttpContext context, VideoStore videos)
    {
        var headers = context.Response.Headers;

        // Nothing but its own files; videos also from where the links in results lead. No text ever becomes markup or script.
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: {videos.LinkOrigin}; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        return Answer(context, PageFile.Start, "no-cache");
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

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Reel.Api.Description;

/// <summary>GET /openapi.json and GET /docs: the description of the routes of <paramref name="sources"/>, for tools and to be read.</summary>
internal sealed class ApiDescription(IEnumerable<EndpointDataSource> sources)
{
    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // When it is first asked for: the routes are complete then.
    private readonly Lazy<Content> content = new(() => Content.Of(OpenApiDocument.Write(sources.SelectMany(source => source.Endpoints))));

    // Of the last base URL. They come from the Host header, so that there is no end of them; most processes see one.
    private Rendering? last;

    /// <summary>The document, with the caller's way here as its server.</summary>
    public FileContentHttpResult Document(HttpContext context, Links links)
    {
        var baseUrl = links.BaseUrl(context.Request);
        var known = last;
        if (known?.BaseUrl != baseUrl) last = known = Rendering.Of(baseUrl, content.Value);
        return Answer(context, known.Bytes, "application/json", known.ETag);
    }

    /// <summary>The page. No script runs in it, and no style but its own.</summary>
    public FileContentHttpResult Page(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = DescriptionPage.ContentSecurityPolicy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Answer(context, content.Value.Page, "text/html; charset=utf-8", content.Value.PageETag);
    }

    private static FileContentHttpResult Answer(HttpContext context, byte[] bytes, string type, string tag)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(bytes, type, entityTag: new EntityTagHeaderValue(tag));
    }

    private static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(..16))}\"";

    /// <summary>What does not depend on the caller.</summary>
    /// <param name="Members">The document as text, from after its opening brace.</param>
    private sealed record Content(string Members, byte[] Page, string PageETag)
    {
        public static Content Of(JsonObject document)
        {
            var page = Encoding.UTF8.GetBytes(DescriptionPage.Write(document));
            return new Content(document.ToJsonString(Writing)[1..], page, TagOf(page));
        }
    }

    private sealed record Rendering(string BaseUrl, byte[] Bytes, string ETag)
    {
        public static Rendering Of(string baseUrl, Content content)
        {
            var server = JsonSerializer.Serialize(baseUrl, ApiJson.Types.String);
            var bytes = Encoding.UTF8.GetBytes($$"""{"servers":[{"url":{{server}}}],{{content.Members}}""");
            return new Rendering(baseUrl, bytes, TagOf(bytes));
        }
    }
}

using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;

namespace Reel.PageHeaders;

/// <summary>What the page is tested on, whichever host it runs in.</summary>
internal interface IPageWorld
{
    /// <summary>Over a real socket, with <see cref="PageRows.Settings"/>.</summary>
    HttpClient Http { get; }

    /// <summary>Another host of the same kind, with <see cref="PageRows.UnderPathSettings"/> besides.</summary>
    HttpClient HttpUnderPath { get; }
}

/// <summary>A row: what is asked for, and what must be answered. The path's <c>{version}</c> is the page's own.</summary>
/// <param name="AcceptEncoding">As it is sent.</param>
/// <param name="Encoding">In which the content must come; null for as it is.</param>
/// <param name="HasKey">Of a path or verb that there is not, only who has a key is told so.</param>
internal sealed record PageRow(
    string Name, string Path, int Status = 200, string Verb = "GET", string? AcceptEncoding = null, string? Encoding = null, string Caching = "no-cache", string? Type = null,
    bool HasKey = false);

/// <summary>The headers of the page and its files, the same for both hosts.</summary>
internal static partial class PageRows
{
    private const string Key = "desk-key-of-sixteen-characters";
    private const string Immutable = "public, max-age=31536000, immutable";
    private const string Html = "text/html; charset=utf-8";
    private const string Script = "text/javascript; charset=utf-8";
    private const string Style = "text/css; charset=utf-8";
    private const string App = "/page/{version}/app.js";

    private static readonly PageRow[] All =
    [
        new("the page", "/", Type: Html),
        new("the page, its headers only", "/", Verb: "HEAD", Type: Html),
        new("a script of this version", App, Caching: Immutable, Type: Script),
        new("a script of this version, its headers only", App, Verb: "HEAD", Caching: Immutable, Type: Script),
        new("a style of this version", "/page/{version}/base.css", Caching: Immutable, Type: Style),
        new("a script of another version", "/page/0123456789ab/app.js", Type: Script),
        new("a style of another version", "/page/x/gallery.css", Type: Style),

        new("as browsers ask", "/", AcceptEncoding: "gzip, deflate, br, zstd", Encoding: "br", Type: Html),
        new("for a client of gzip", App, AcceptEncoding: "gzip", Encoding: "gzip", Caching: Immutable, Type: Script),
        new("for a client that writes it large", App, AcceptEncoding: "BR", Encoding: "br", Caching: Immutable, Type: Script),
        new("for a client that likes br least", App, AcceptEncoding: "br;q=0.1", Encoding: "br", Caching: Immutable, Type: Script),
        new("for a client that takes no br", App, AcceptEncoding: "br;q=0, gzip", Encoding: "gzip", Caching: Immutable, Type: Script),
        new("for a client that takes nothing", App, AcceptEncoding: "br;q=0, gzip;q=0.0", Caching: Immutable, Type: Script),
        new("for a client of something else", App, AcceptEncoding: "deflate, zstd", Caching: Immutable, Type: Script),
        new("for a client that sends nonsense", App, AcceptEncoding: ";;,=", Caching: Immutable, Type: Script),
        new("its headers for a client of br", App, Verb: "HEAD", AcceptEncoding: "br", Encoding: "br", Caching: Immutable, Type: Script),

        new("a post to the page", "/", 405, "POST", HasKey: true),
        new("a deletion of the page", "/", 405, "DELETE", HasKey: true),
        new("a post to a script", App, 405, "POST", HasKey: true),
        new("the page by its file's name", "/page/{version}/index.html", 404),
        new("the page by its file's name and another version", "/page/x/index.html", 404),
        new("a file that is none", "/page/{version}/nothing.js", 404),
        new("a file in other letters", "/page/{version}/App.js", 404),
        new("a file by its resource's name", "/page/{version}/Reel.Page.app.js", 404),
        new("no file", "/page/{version}", 404, HasKey: true),
        new("a folder further down", "/page/{version}/x/app.js", 404, HasKey: true),
        new("up by slashes", "/page/v/..%2f..", 404),
        new("up to a file", "/page/v/..%2f..%2fappsettings.json", 404),
        new("up by backslashes", "/page/v/..%5c..%5capp.js", 404),
        new("up in the version", "/page/..%2fv/nothing.js", 404),
    ];

    public static TheoryData<string> Names => [.. All.Select(row => $"{row.Status} {row.Name}")];

    /// <summary>A storage of which nothing is asked.</summary>
    public static (string Name, string Value)[] Settings =>
        [("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=pictures;AccountKey=a2V5;EndpointSuffix=core.windows.net")];

    public static (string Name, string Value)[] UnderPathSettings => [.. Settings, ("Api:PublicUrl", "https://reel.example/films/a'b&<c>\"d")];

    private static Dictionary<string, string> Policy => new()
    {
        ["default-src"] = "'none'",
        ["script-src"] = "'self'",
        ["style-src"] = "'self'",
        ["img-src"] = "'self' data: blob:",
        ["media-src"] = "'self' blob: https://pictures.blob.core.windows.net",
        ["connect-src"] = "'self'",
        ["base-uri"] = "'none'",
        ["form-action"] = "'none'",
        ["frame-ancestors"] = "'none'",
        ["require-trusted-types-for"] = "'script'",
        ["trusted-types"] = "'none'",
    };

    /// <summary>Sends a row's request and looks at all that its answer must have.</summary>
    public static async Task AssertAsync(string name, IPageWorld world)
    {
        var row = All.Single(one => $"{one.Status} {one.Name}" == name);
        var path = row.Path.Replace("{version}", await VersionAsync(world.Http), StringComparison.Ordinal);
        using var answer = await SendAsync(world.Http, path, row.Verb, row.AcceptEncoding, headers: row.HasKey ? [("x-api-key", Key)] : []);
        var body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(row.Status, (int)answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        if (row.Status != 200)
        {
            Assert.Equal("no-store", Header(answer, "Cache-Control"));
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            if (row.Status == 405) Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
            return;
        }

        Assert.Equal(row.Caching, Header(answer, "Cache-Control"));
        Assert.Equal(row.Type, Header(answer, "Content-Type"));
        Assert.Equal(row.Encoding, Header(answer, "Content-Encoding"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        Assert.False(answer.Headers.ETag!.IsWeak);
        using var plain = await SendAsync(world.Http, path);
        var content = await plain.Content.ReadAsByteArrayAsync();
        if (row.Verb == "HEAD") Assert.Empty(body);
        else Assert.Equal(content, Decoded(body, row.Encoding));
        if (row.Encoding is null) Assert.Equal(content.Length, answer.Content.Headers.ContentLength);
        else Assert.InRange(answer.Content.Headers.ContentLength ?? 0, 1, content.Length - 1);
    }

    /// <summary>The policy is this strict, and what else keeps the page to itself is said too.</summary>
    public static async Task AssertStrictAsync(IPageWorld world)
    {
        using var answer = await SendAsync(world.Http, "/");
        var policy = Header(answer, "Content-Security-Policy")!.Split(';').Select(directive => directive.Trim().Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

        Assert.Equal(Policy.OrderBy(one => one.Key, StringComparer.Ordinal), policy.OrderBy(one => one.Key, StringComparer.Ordinal));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
    }

    /// <summary>Whoever has the page, or a file of it, in the encoding that it takes, is told so and gets nothing again.</summary>
    public static async Task AssertUnchangedAsync(IPageWorld world)
    {
        var tags = new HashSet<string>();
        var version = await VersionAsync(world.Http);
        string[] paths = ["/", $"/page/{version}/app.js", $"/page/{version}/base.css", "/page/old/api.js"];
        foreach (var (path, encoding) in paths.SelectMany(path => new[] { null, "gzip", "br" }.Select(encoding => (path, encoding))))
        {
            using var first = await SendAsync(world.Http, path, acceptEncoding: encoding);
            var tag = first.Headers.ETag!.Tag;
            Assert.True(tags.Add(tag), $"{path} has the tag of something else in {encoding}.");
            foreach (var known in (string[])[tag, $"W/{tag}", $"\"other\", {tag}", "*"])
            {
                using var again = await SendAsync(world.Http, path, acceptEncoding: encoding, ifNoneMatch: known);
                Assert.Equal((path, known, HttpStatusCode.NotModified), (path, known, again.StatusCode));
                Assert.Empty(await again.Content.ReadAsByteArrayAsync());
                Assert.All(
                    ["Cache-Control", "ETag", "Vary", "Content-Security-Policy", "X-Content-Type-Options"], name => Assert.Equal((name, Header(first, name)), (name, Header(again, name))));
            }

            using var other = await SendAsync(world.Http, path, acceptEncoding: encoding, ifNoneMatch: "\"other\"");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    /// <summary>Every file that the page names is there, and may be kept for good.</summary>
    public static async Task AssertWholeAsync(IPageWorld world)
    {
        var named = FileName().Matches(await world.Http.GetStringAsync("/")).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 20, string.Join(' ', named));
        foreach (var path in named)
        {
            using var answer = await SendAsync(world.Http, path);
            Assert.Equal((path, HttpStatusCode.OK, Immutable), (path, answer.StatusCode, Header(answer, "Cache-Control")));
        }
    }

    /// <summary>The links of the page begin at the path of the public URL, and are relative without one; no header of a request has a say in it.</summary>
    public static async Task AssertBaseAsync(IPageWorld world)
    {
        const string path = "/films/a&#x27;b&amp;%3Cc%3E%22d/";
        using var plain = await SendAsync(world.Http, "/", headers: ("Host", "evil.example"));
        using var under = await SendAsync(world.HttpUnderPath, "/", headers: ("X-Forwarded-Prefix", "/evil.example"));
        var (plainHtml, underHtml) = (await plain.Content.ReadAsStringAsync(), await under.Content.ReadAsStringAsync());

        Assert.Contains("data-base=\"\"", plainHtml, StringComparison.Ordinal);
        Assert.Contains($"data-base=\"{path}\"", underHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", plainHtml + underHtml, StringComparison.Ordinal);
        Assert.NotEqual(plain.Headers.ETag, under.Headers.ETag);

        // Its anchors lead to its own views, its icon is in it.
        var links = Link().Matches(underHtml).Select(match => match.Groups[1].Value).Where(link => link[0] != '#' && !link.StartsWith("data:", StringComparison.Ordinal)).ToList();
        Assert.True(links.Count > 20, string.Join(' ', links));
        Assert.All(links, link => Assert.StartsWith(path, link, StringComparison.Ordinal));
        Assert.Equal(plainHtml.Replace("data-base=\"\"", "", StringComparison.Ordinal), underHtml.Replace($"data-base=\"{path}\"", "", StringComparison.Ordinal).Replace(path, "", StringComparison.Ordinal));
    }

    private static async Task<string> VersionAsync(HttpClient http) => FileName().Match(await http.GetStringAsync("/")).Groups[1].Value.Split('/')[1];

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, string path, string verb = "GET", string? acceptEncoding = null, string? ifNoneMatch = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (acceptEncoding is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private static byte[] Decoded(byte[] body, string? encoding)
    {
        if (encoding is null) return body;
        using var source = new MemoryStream(body);
        using Stream decoder = encoding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var result = new MemoryStream();
        decoder.CopyTo(result);
        return result.ToArray();
    }

    [GeneratedRegex("(?:href|src)=\"(page/[^\"]*)\"")]
    private static partial Regex FileName();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Link();
}

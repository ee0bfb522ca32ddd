using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Reel.Page;

/// <summary>A file of the page, ready to be sent.</summary>
/// <param name="Hash">Of the content and what is sent with it, in hex; the stem of its ETag.</param>
internal sealed record PageFile(string ContentType, byte[] Content, string Hash)
{
    private const string Prefix = "Reel.Page.";
    private const string StartName = "index.html";
    private const string VersionMark = "{version}";
    private const string BaseMark = "{base}";
    private const int HashBytes = 16;

    private static readonly FrozenDictionary<string, byte[]> Sources = ReadSources();

    private readonly Lazy<byte[]> brotli = new(() => Compress(Content, stream => new BrotliStream(stream, CompressionLevel.Optimal)));
    private readonly Lazy<byte[]> gzip = new(() => Compress(Content, stream => new GZipStream(stream, CompressionLevel.Optimal)));

    /// <summary>Changes when any file does. It is part of the files' paths, so that a browser may keep them for good and never mixes two pages.</summary>
    public static string Version { get; } = HashOf([.. Sources.OrderBy(source => source.Key, StringComparer.Ordinal).SelectMany(source => source.Value)])[..12];

    /// <summary>Its scripts and style by name.</summary>
    public static FrozenDictionary<string, PageFile> Parts { get; } =
        Sources.Where(source => source.Key != StartName).ToFrozenDictionary(source => source.Key, source => Of(source.Key, source.Value), StringComparer.Ordinal);

    /// <summary>The page itself.</summary>
    /// <param name="basePath">What its links begin with: a path with a slash at both ends, or nothing.</param>
    /// <param name="policy">The Content-Security-Policy that it is sent with. Part of its ETag: who keeps the page keeps that too.</param>
    public static PageFile Start(string basePath, string policy)
    {
        var html = Encoding.UTF8.GetString(Sources[StartName])
            .Replace(VersionMark, Version, StringComparison.Ordinal)
            .Replace(BaseMark, HtmlEncoder.Default.Encode(basePath), StringComparison.Ordinal);
        return Of(StartName, Encoding.UTF8.GetBytes(html), policy);
    }

    /// <summary>The content as a client takes it.</summary>
    /// <param name="encoding">br, gzip, or null for as it is.</param>
    public byte[] Encoded(string? encoding) => encoding switch
    {
        "br" => brotli.Value,
        "gzip" => gzip.Value,
        _ => Content,
    };

    private static PageFile Of(string name, byte[] content, string sentWith = "") => new(
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        },
        content,
        HashOf([.. content, .. Encoding.UTF8.GetBytes(sentWith)]));

    private static FrozenDictionary<string, byte[]> ReadSources()
    {
        var assembly = typeof(PageFile).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return content;
            },
            StringComparer.Ordinal);
    }

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(..HashBytes));

    private static byte[] Compress(byte[] content, Func<Stream, Stream> compressor)
    {
        using var result = new MemoryStream();
        using (var stream = compressor(result)) stream.Write(content);
        return result.ToArray();
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using Reel.Emulator.Models;

namespace Reel.Emulator.Media;

/// <summary>The videos that make-media.sh made: real MP4 files, one for each duration, aspect and sound.</summary>
internal static class StockVideos
{
    private static readonly FrozenDictionary<string, StockVideo> All = typeof(StockVideos).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".mp4", StringComparison.Ordinal))
        .ToFrozenDictionary(name => name, Describe);

    public static string NameOf(Render render) => string.Create(
        CultureInfo.InvariantCulture, $"{render.Duration}s-{render.Aspect.Replace(':', 'x')}{(render.Audio ? "-audio" : "")}.mp4");

    public static StockVideo Get(string name) => All[name];

    public static Stream Open(string name) => typeof(StockVideos).Assembly.GetManifestResourceStream(name)!;

    private static StockVideo Describe(string name)
    {
        using var stream = Open(name);
        return new StockVideo(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>A stock video's length in bytes and its SHA-256 in lower-case hexadecimal.</summary>
internal sealed record StockVideo(long Length, string Sha256);

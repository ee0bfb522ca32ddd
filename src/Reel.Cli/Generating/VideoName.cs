using System.Text.RegularExpressions;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>Names of files for videos. What the server calls a file decides its ending only, among those of videos.</summary>
internal static partial class VideoName
{
    public static string Of(string stem, ReelVideo video) => stem + (Ending().Match(video.FileName) is { Success: true } ending ? ending.Value : ".mp4");

    [GeneratedRegex(@"\.(mp4|webm|mov)\z")]
    private static partial Regex Ending();
}

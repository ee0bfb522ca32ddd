using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reel.Cli.Settings;

/// <summary>The file with the settings of a person.</summary>
/// <param name="Url">Where Reel is; null when it does not say.</param>
/// <param name="ApiKey">The key for that server.</param>
internal sealed record ConfigFile(string Path, string? Url, string? ApiKey, IReadOnlyList<string> Warnings)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Where it is: <c>~/.config/reel/config.json</c>, or what the system has in its place.</summary>
    public static string DefaultPath { get; } =
        System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "reel", "config.json");

    /// <summary>Reads it; one that is not there says nothing.</summary>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static ConfigFile Read(string path)
    {
        if (!File.Exists(path)) return new ConfigFile(path, null, null, []);
        try
        {
            var content = JsonSerializer.Deserialize(File.ReadAllBytes(path), ConfigJson.Default.ConfigContent) ?? new ConfigContent(null, null);
            return new ConfigFile(path, content.Url, content.ApiKey, content.ApiKey is not null && IsOpenToOthers(path)
                ? [$"Others on this machine can read the key in {path}: chmod 600 {path}"]
                : []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SettingsException($"{path} cannot be read as {{\"url\": \"…\", \"api_key\": \"…\"}}: {exception.Message}");
        }
    }

    private static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
}

/// <summary>What is in the file.</summary>
internal sealed record ConfigContent(string? Url, string? ApiKey);

/// <summary>The file as JSON; a name that it does not know is a mistake.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ConfigContent))]
internal sealed partial class ConfigJson : JsonSerializerContext;

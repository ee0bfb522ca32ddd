using System.CommandLine;

namespace Reel.Cli.Settings;

/// <summary>The options that every command has.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Url = new("--url")
    {
        Description = $"Where Reel is; else {ConnectionSettings.UrlVariable}, the file, or {ConnectionSettings.DefaultUrl}.",
        HelpName = "url",
        Recursive = true,
    };

    public static readonly Option<string?> ApiKey = new("--api-key")
    {
        Description = $"Your key; others on this machine can see it in the list of processes. Else {ConnectionSettings.KeyVariable}, or the file.",
        HelpName = "key",
        Recursive = true,
    };

    public static readonly Option<string?> ApiKeyFile = new("--api-key-file")
    {
        Description = "A file that holds your key.",
        HelpName = "file",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Data as the API answers it: one JSON document, or JSON Lines.",
        Recursive = true,
    };

    public static IReadOnlyList<Option> All { get; } = [Url, ApiKey, ApiKeyFile, Json];
}

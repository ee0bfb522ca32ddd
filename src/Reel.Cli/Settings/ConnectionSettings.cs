using System.CommandLine;
using Reel.Client;

namespace Reel.Cli.Settings;

/// <summary>Where the server is and who is asking: from options, the environment, or the file, in this order.</summary>
/// <param name="Warnings">What the person should know about them.</param>
internal sealed record ConnectionSettings(Uri Url, string? ApiKey, IReadOnlyList<string> Warnings)
{
    public const string UrlVariable = "REEL_URL";
    public const string KeyVariable = "REEL_API_KEY";
    public const string DefaultUrl = "http://127.0.0.1:7071";

    /// <summary>Reads them.</summary>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    public static ConnectionSettings Read(ParseResult parsed) => Resolve(
        parsed.GetValue(GlobalOptions.Url) ?? Variable(UrlVariable),
        parsed.GetValue(GlobalOptions.ApiKey),
        parsed.GetValue(GlobalOptions.ApiKeyFile),
        Variable(KeyVariable),
        ConfigFile.Read(ConfigFile.DefaultPath));

    /// <summary>Settles which of them count.</summary>
    /// <param name="url">As option or variable.</param>
    public static ConnectionSettings Resolve(string? url, string? key, string? keyFile, string? keyVariable, ConfigFile file)
    {
        if (key is not null && keyFile is not null) throw new SettingsException("Give --api-key or --api-key-file, not both.");
        List<string> warnings = [.. file.Warnings];
        if (key is not null) warnings.Add($"A key in the command line can be seen by others on this machine; {KeyVariable} and --api-key-file cannot.");

        var ownUrl = ParseUrl(file.Url ?? DefaultUrl);
        var settled = url is null ? ownUrl : ParseUrl(url);
        var chosen = key ?? (keyFile is null ? keyVariable : ReadKey(keyFile));

        // The file's key is for the file's server, and nobody else's to see.
        if (chosen is null && file.ApiKey is not null)
        {
            if (IsSame(settled, ownUrl)) chosen = file.ApiKey;
            else warnings.Add($"The key in {file.Path} is for {ownUrl} and is not sent to {settled}.");
        }

        // No more about it: what is said of a key may end in a log.
        if (chosen is not null && !chosen.All(c => c is >= ' ' and <= '~'))
            throw new SettingsException("The key has a character that cannot be sent: keys are printable ASCII. Was it copied with something else?");
        if (chosen is not null && settled.Scheme == "http" && !settled.IsLoopback) warnings.Add($"The key goes to {settled} unencrypted.");
        return new ConnectionSettings(settled, chosen, warnings);
    }

    /// <summary>A client.</summary>
    public ReelClient Connect(TimeSpan patience, Action<ReelException, TimeSpan>? waiting = null) =>
        new(new ReelClientOptions(Url, ApiKey) { Patience = patience, Waiting = waiting });

    private static Uri ParseUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
        && text.IndexOfAny(['?', '#']) < 0
        ? url
        : throw new SettingsException($"'{text}' is no absolute http or https URL without a user name, query and fragment.");

    private static string ReadKey(string path)
    {
        try
        {
            var key = File.ReadAllText(path).Trim();
            return key.Length > 0 ? key : throw new SettingsException($"There is no key in {path}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The key cannot be read from {path}: {exception.Message}");
        }
    }

    // The path counts: behind it another server may be.
    private static bool IsSame(Uri a, Uri b) => a.AbsoluteUri.TrimEnd('/') == b.AbsoluteUri.TrimEnd('/');

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>A setting is wrong; the message says which and how.</summary>
internal sealed class SettingsException(string message) : Exception(message);

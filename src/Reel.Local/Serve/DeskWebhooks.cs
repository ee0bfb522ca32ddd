using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Reel.Local.Serve;

/// <summary>A desk signs webhooks without being told to: its secret is made once and kept in the data folder.</summary>
internal static class DeskWebhooks
{
    private const string Setting = "Webhooks:Secret";

    /// <summary>Settings that hold unless others are given.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults(DeskOptions options) =>
        [new(Setting, ReadOrCreate(FileIn(options)))];

    /// <summary>Where the secret is, in words; the secret itself is not shown.</summary>
    public static string Describe(DeskOptions options, IConfiguration settings) =>
        settings[Setting] == ReadOrCreate(FileIn(options))
            ? $"signed with the secret in {Path.GetRelativePath(".", FileIn(options))}"
            : "signed with the secret in Webhooks__Secret";

    private static string FileIn(DeskOptions options) => Path.Combine(options.DataFolder, "webhook-secret");

    private static string ReadOrCreate(string file)
    {
        if (File.Exists(file)) return File.ReadAllText(file).Trim();

        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var whole = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new StreamWriter(whole, options)) stream.WriteLine(secret);

        File.Move(whole, file, overwrite: true);
        return secret;
    }
}

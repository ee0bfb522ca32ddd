using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Reel.Local.Serve;

/// <summary>A desk signs webhooks without being told to: its secret is made once and kept in the data folder.</summary>
internal static class DeskWebhooks
{
    private const string Setting = "Webhooks:Secret";
    private const string FileName = "webhook-secret";

    /// <summary>Settings that hold unless others are given.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults(DeskOptions options) => [new(Setting, ReadOrCreate(options.DataFolder))];

    /// <summary>Where the secret is, in words; the secret itself is not shown.</summary>
    public static string Describe(DeskOptions options, IConfiguration settings) =>
        settings[Setting] == DataFolder.Read(options.DataFolder, FileName)
            ? $"signed with the secret in {Path.GetRelativePath(".", Path.Combine(options.DataFolder, FileName))}"
            : "signed with the secret in Webhooks__Secret";

    private static string ReadOrCreate(string folder)
    {
        if (DataFolder.Read(folder, FileName) is { } kept) return kept;

        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        DataFolder.Write(folder, FileName, secret);
        return secret;
    }
}

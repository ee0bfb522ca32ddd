using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reel.Cli.Settings;
using Reel.Cli.Terminal;
using Reel.Client;

namespace Reel.Cli.Generating;

/// <summary>For what the models are asked for.</summary>
/// <param name="MostAge">How old what is remembered may be.</param>
/// <param name="Patience">How long the server may take; whoever presses Tab waits for no server.</param>
internal sealed record CatalogUse(TimeSpan MostAge, TimeSpan Patience)
{
    /// <summary>For sending a request.</summary>
    public static readonly CatalogUse Run = new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(60));

    /// <summary>For help and completion.</summary>
    public static readonly CatalogUse Glance = new(TimeSpan.FromDays(1), TimeSpan.FromSeconds(3));

    /// <summary>Of a line.</summary>
    public static CatalogUse Of(ParseResult parsed) => parsed.Action is HelpWithExamples ? Glance : Run;
}

/// <summary>The models of a server: as it says, and remembered for when it is away.</summary>
internal static class CatalogSource
{
    /// <summary>The models.</summary>
    /// <exception cref="ReelException">The server does not say, and nothing is remembered of it.</exception>
    public static async Task<IReadOnlyList<ReelModel>> LoadAsync(ConnectionSettings settings, CatalogUse use, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = FileOf(settings.Url, folder);
        if (time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file) < use.MostAge && Recall(file) is { } fresh) return fresh;
        try
        {
            using var client = new ReelClient(new ReelClientOptions(settings.Url, settings.ApiKey) { Patience = TimeSpan.FromSeconds(1), Timeout = use.Patience });
            var models = await client.Models.ListAsync(cancellationToken);
            Remember(file, models);
            return models;
        }
        catch (ReelException exception) when (exception.IsTransient && Recall(file) is { } old)
        {
            return old;
        }
    }

    /// <summary>Where they are remembered: among this person's data of programs.</summary>
    public static string DefaultFolder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "reel", "models");

    // A file per server, since servers differ.
    private static string FileOf(Uri url, string folder) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)).AsSpan(..8)) + ".json");

    private static IReadOnlyList<ReelModel>? Recall(string file)
    {
        try
        {
            return File.Exists(file) ? Client.Models.Read(JsonElement.Parse(File.ReadAllBytes(file))) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or ReelException)
        {
            return null;
        }
    }

    private static void Remember(string file, IReadOnlyList<ReelModel> models)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var written = $"{file}.{Environment.ProcessId}";
            File.WriteAllText(written, $"[{string.Join(",", models.Select(model => model.Json.GetRawText()))}]");
            File.Move(written, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Next time it is asked for again.
        }
    }
}

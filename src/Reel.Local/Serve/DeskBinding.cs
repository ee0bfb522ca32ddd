using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.Local.Serve;

/// <summary>
/// What a data folder was begun with. Its requests go on there and nowhere else: those that were accepted for nothing are not posted to a provider
/// that charges, and those whose submission records are in one account are not posted again because another account has none.
/// </summary>
/// <param name="Storage">The blob service's address without anything secret, or <see cref="OwnStorage"/>.</param>
/// <param name="Provider">The provider's host name, or <see cref="Emulator"/>.</param>
internal sealed record DeskBinding(string Storage, string Provider)
{
    /// <summary>An Azurite with its blobs in the data folder, whatever its port.</summary>
    public const string OwnStorage = "own";

    /// <summary>The emulated provider with its records in the data folder.</summary>
    public const string Emulator = "emulator";

    private const string FileName = "desk.json";

    /// <exception cref="StartException">The folder was begun with something else.</exception>
    public void Check(string folder)
    {
        if (DataFolder.Read(folder, FileName) is not { } text) return;
        var begun = Parse(text) ?? throw new StartException($"{Path.Combine(folder, FileName)} cannot be read. Choose another data folder with --data, or mend it.");
        Compare(folder, "its blobs in", "set AzureWebJobsStorage as before, or start the Azurite again that it found", begun.Storage, Storage);
        Compare(folder, "its renders at", "set Segmind__ApiKey and Segmind__BaseUrl as before", begun.Provider, Provider);
    }

    /// <summary>Keeps it, unless that was done before.</summary>
    public void Keep(string folder)
    {
        if (DataFolder.Read(folder, FileName) is null)
            DataFolder.Write(folder, FileName, new JsonObject { ["storage"] = Storage, ["provider"] = Provider }.ToJsonString());
    }

    private static DeskBinding? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject binding && (string?)binding["storage"] is { } storage && (string?)binding["provider"] is { } provider
                ? new DeskBinding(storage, provider)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Compare(string folder, string what, string remedy, string begun, string now)
    {
        if (!string.Equals(begun, now, StringComparison.OrdinalIgnoreCase))
            throw new StartException(
                $"The data folder {folder} has {what} {Describe(begun)}, and this start would use {Describe(now)}. " +
                $"Choose another folder with --data, or {remedy}.");
    }

    private static string Describe(string name) => name switch
    {
        OwnStorage => "an Azurite of its own",
        Emulator => "the emulated provider",
        _ => name,
    };
}

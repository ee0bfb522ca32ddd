namespace Reel.Local.Azurite;

/// <summary>Azurite cannot be had on this machine. The message says why, and what to do instead.</summary>
public class AzuriteException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What works without Azurite.</summary>
    protected const string Instead =
        "To do without it, set AzureWebJobsStorage to the connection string of a real storage account.";

    internal static AzuriteException WithAdvice(string message, Exception? inner = null) => new($"{message} {Instead}", inner);
}

/// <summary>Node.js or npm is not on the PATH.</summary>
public sealed class NodeMissingException(string tool)
    : AzuriteException($"{tool} was not found on the PATH, and the storage emulator Azurite runs on Node.js (20 or newer, https://nodejs.org). {Instead}");

using System.Diagnostics.CodeAnalysis;

namespace Reel.Webhooks;

/// <summary>
/// The keys of a <c>Webhooks__Secret</c> setting: one secret, or several separated by spaces while they are being exchanged. A class and
/// not a record, so that printing it prints no key.
/// </summary>
public sealed class WebhookSecrets
{
    private const string Prefix = "whsec_";

    /// <summary>The shortest key that Standard Webhooks allows, in bytes.</summary>
    public const int LeastKeyBytes = 24;

    /// <summary>The longest key that Standard Webhooks allows, in bytes.</summary>
    public const int MostKeyBytes = 64;

    private WebhookSecrets(IReadOnlyList<byte[]> keys) => Keys = keys;

    internal IReadOnlyList<byte[]> Keys { get; }

    /// <summary>Reads secrets. The error tells which one is wrong and how, and never shows it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecrets? secrets, [NotNullWhen(false)] out string? error)
    {
        secrets = null;
        var words = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            error = "is empty";
            return false;
        }

        var keys = new List<byte[]>(words.Length);
        foreach (var word in words)
        {
            var fault = ReadKey(word, out var key);
            if (fault is not null)
            {
                error = $"must be whsec_ and base64 of {LeastKeyBytes} to {MostKeyBytes} bytes, several separated by spaces; "
                    + $"secret {keys.Count + 1} of {words.Length} {fault}";
                return false;
            }

            keys.Add(key);
        }

        secrets = new WebhookSecrets(keys);
        error = null;
        return true;
    }

    /// <summary>Reads secrets that are known to be right.</summary>
    /// <exception cref="FormatException">They are not; the message does not show them.</exception>
    public static WebhookSecrets Parse(string? text) =>
        TryParse(text, out var secrets, out var error) ? secrets : throw new FormatException($"The webhook secret {error}.");

    private static string? ReadKey(string word, out byte[] key)
    {
        key = [];
        if (!word.StartsWith(Prefix, StringComparison.Ordinal)) return $"does not begin with {Prefix}";

        var buffer = new byte[word.Length];
        if (!Convert.TryFromBase64String(word[Prefix.Length..], buffer, out var length)) return "is not base64";
        if (length is < LeastKeyBytes or > MostKeyBytes) return $"has {length} bytes";

        key = buffer[..length];
        return null;
    }
}

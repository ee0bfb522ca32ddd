using System.Diagnostics.CodeAnalysis;

namespace Reel.Webhooks;

/// <summary>
/// What webhooks are signed with: <c>whsec_</c> secrets (HMAC-SHA256, signatures <c>v1,</c>) and <c>whsk_</c> private keys (Ed25519, signatures
/// <c>v1a,</c>), separated by spaces; each webhook is signed with all. A class and not a record, so that printing it prints no key.
/// </summary>
public sealed class WebhookSecrets
{
    /// <summary>The shortest shared secret that Standard Webhooks allows, in bytes.</summary>
    public const int LeastKeyBytes = 24;

    /// <summary>The longest shared secret that Standard Webhooks allows, in bytes.</summary>
    public const int MostKeyBytes = 64;

    private WebhookSecrets(IReadOnlyList<SigningKey> keys) => Keys = keys;

    /// <summary>The <c>whpk_</c> halves of the private keys, which receivers verify with. No secret.</summary>
    public IReadOnlyList<string> PublicKeys => [.. Keys.OfType<PrivateKey>().Select(key => key.PublicText)];

    internal IReadOnlyList<SigningKey> Keys { get; }

    /// <summary>Reads secrets. The error tells which one is wrong and how, and never shows it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecrets? secrets, [NotNullWhen(false)] out string? error)
    {
        const string rule = "must be whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 private key (32 bytes, or 64 with the public one)";
        secrets = null;
        var fault = ReadKeys<SigningKey>(text, "is a public key, with which nothing can be signed", out var keys);
        if (fault is not null)
        {
            error = $"{rule}, several separated by spaces; {fault}";
            return false;
        }

        (secrets, error) = (new WebhookSecrets(keys), null);
        return true;
    }

    /// <summary>Reads secrets that are known to be right.</summary>
    /// <exception cref="FormatException">They are not; the message does not show them.</exception>
    public static WebhookSecrets Parse(string? text) =>
        TryParse(text, out var secrets, out var error) ? secrets : throw new FormatException($"The webhook secret {error}.");

    /// <summary>Reads keys of a kind. What is wrong names the first wrong one by its place; null when nothing is.</summary>
    /// <param name="otherKind">What is said of a key of another kind.</param>
    internal static string? ReadKeys<T>(string? text, string otherKind, out List<T> keys)
        where T : WebhookKey
    {
        var words = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        keys = [];
        if (words.Length == 0) return "it is empty";

        foreach (var word in words)
        {
            var place = $"secret {keys.Count + 1} of {words.Length}";
            if (!WebhookKey.TryRead(word, out var key, out var fault)) return $"{place} {fault}";
            if (key is not T fit) return $"{place} {otherKind}";
            keys.Add(fit);
        }

        return null;
    }
}

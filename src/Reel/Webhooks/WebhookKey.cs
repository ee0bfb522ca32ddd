using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Reel.Webhooks;

/// <summary>
/// A key as Standard Webhooks writes it: a prefix that says what it is, and base64. Classes and not records, so that printing one prints no key.
/// </summary>
internal abstract class WebhookKey(string version)
{
    /// <summary>What a signature by this kind of key begins with; after it follows base64.</summary>
    public string Version { get; } = version;

    /// <summary>Whether this key, or its other half, has signed the content.</summary>
    public abstract bool Verifies(byte[] content, byte[] signature);

    /// <summary>Reads a key of any kind, or tells what is wrong with it without showing it.</summary>
    public static bool TryRead(string word, [NotNullWhen(true)] out WebhookKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        var length = word.IndexOf('_', StringComparison.Ordinal) + 1;
        var (prefix, text) = (word[..length], word[length..]);
        if (prefix is not (SharedKey.Prefix or PrivateKey.Prefix or PublicKey.Prefix))
        {
            fault = $"does not begin with {SharedKey.Prefix}, {PrivateKey.Prefix} or {PublicKey.Prefix}";
            return false;
        }

        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var count))
        {
            fault = "is not base64";
            return false;
        }

        var bytes = buffer[..count];
        fault = prefix switch
        {
            SharedKey.Prefix => SharedKey.FaultOf(bytes),
            PrivateKey.Prefix => PrivateKey.FaultOf(bytes),
            _ => PublicKey.FaultOf(bytes),
        };
        if (fault is not null) return false;

        key = prefix switch
        {
            SharedKey.Prefix => new SharedKey(bytes),
            PrivateKey.Prefix => new PrivateKey(bytes),
            _ => new PublicKey(bytes),
        };
        return true;
    }
}

/// <summary>A key that signs.</summary>
internal abstract class SigningKey(string version) : WebhookKey(version)
{
    public abstract byte[] Sign(byte[] content);
}

/// <summary>A secret that sender and receiver share: <c>whsec_</c>, HMAC-SHA256.</summary>
internal sealed class SharedKey(byte[] secret) : SigningKey("v1,")
{
    public const string Prefix = "whsec_";

    public static string? FaultOf(byte[] secret) =>
        secret.Length is < WebhookSecrets.LeastKeyBytes or > WebhookSecrets.MostKeyBytes ? $"has {secret.Length} bytes" : null;

    public override byte[] Sign(byte[] content) => HMACSHA256.HashData(secret, content);

    public override bool Verifies(byte[] content, byte[] signature) => CryptographicOperations.FixedTimeEquals(Sign(content), signature);
}

/// <summary>The sender's half of an Ed25519 pair: <c>whsk_</c>, and the seed (32 bytes) or, as some libraries write it, seed and public key (64).</summary>
internal sealed class PrivateKey(byte[] bytes) : SigningKey("v1a,")
{
    public const string Prefix = "whsk_";

    private readonly byte[] seed = bytes[..Ed25519.KeyBytes];
    private readonly byte[] publicKey = Ed25519.PublicKeyOf(bytes);

    /// <summary>The other half, for receivers.</summary>
    public string PublicText => PublicKey.Prefix + Convert.ToBase64String(publicKey);

    public static string? FaultOf(byte[] bytes) => bytes.Length switch
    {
        Ed25519.KeyBytes => null,
        2 * Ed25519.KeyBytes when bytes.AsSpan(Ed25519.KeyBytes).SequenceEqual(Ed25519.PublicKeyOf(bytes)) => null,
        2 * Ed25519.KeyBytes => "has a public half that does not belong to its private one",
        _ => $"has {bytes.Length} bytes",
    };

    public override byte[] Sign(byte[] content) => Ed25519.Sign(seed, publicKey, content);

    public override bool Verifies(byte[] content, byte[] signature) => Ed25519.Verify(publicKey, content, signature);
}

/// <summary>The receiver's half of an Ed25519 pair: <c>whpk_</c> and 32 bytes.</summary>
internal sealed class PublicKey(byte[] key) : WebhookKey("v1a,")
{
    public const string Prefix = "whpk_";

    public static string? FaultOf(byte[] key) => key.Length == Ed25519.KeyBytes ? null : $"has {key.Length} bytes";

    public override bool Verifies(byte[] content, byte[] signature) => Ed25519.Verify(key, content, signature);
}

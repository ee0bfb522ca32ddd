using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Reel.Webhooks;

/// <summary>Ed25519 as RFC 8032, section 5.1, has it. The one place that knows which library computes it.</summary>
internal static class Ed25519
{
    /// <summary>The length of a private key (the seed of RFC 8032) in bytes, and that of a public one.</summary>
    public const int KeyBytes = 32;

    /// <summary>The length of a signature in bytes.</summary>
    public const int SignatureBytes = 64;

    public static byte[] PublicKeyOf(byte[] seed)
    {
        var publicKey = new byte[KeyBytes];
        Curve.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    public static byte[] Sign(byte[] seed, byte[] publicKey, byte[] content)
    {
        var signature = new byte[SignatureBytes];
        Curve.Sign(seed, 0, publicKey, 0, content, 0, content.Length, signature, 0);
        return signature;
    }

    /// <summary>False as well for what is no signature, or no public key.</summary>
    public static bool Verify(byte[] publicKey, byte[] content, byte[] signature) =>
        signature.Length == SignatureBytes && publicKey.Length == KeyBytes && Curve.Verify(signature, 0, publicKey, 0, content, 0, content.Length);
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Reel.Webhooks;

/// <summary>
/// For receivers: tells whether a webhook came from who holds the secret, and just now. Give it the body's bytes as they came, since
/// JSON that was read and written again has another signature.
/// </summary>
/// <param name="keys">
/// Secrets (<c>whsec_</c>) or public keys (<c>whpk_</c>); one or several, separated by spaces: any of them may have signed.
/// </param>
/// <param name="time">The receiver's clock; null for the system's.</param>
/// <exception cref="FormatException">The keys cannot be read; the message does not show them.</exception>
public sealed class WebhookVerifier(string keys, TimeProvider? time = null)
{
    // Each costs a computation, and who has not signed may send as many as it likes.
    private const int MostSignatures = 32;

    private readonly IReadOnlyList<WebhookKey> known = Parse(keys);
    private readonly TimeProvider clock = time ?? TimeProvider.System;

    /// <summary>How far a webhook's timestamp may be from the receiver's clock, either way; an older one may be a replay.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Checks a request that an ASP.NET Core endpoint received.</summary>
    public WebhookVerdict Verify(IHeaderDictionary headers, ReadOnlySpan<byte> body) => Verify(
        headers[WebhookHeaders.Id], headers[WebhookHeaders.Timestamp], headers[WebhookHeaders.Signature], body);

    /// <summary>Checks the values of the three headers and the body.</summary>
    public WebhookVerdict Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
            return WebhookVerdict.HeaderMissing;

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent))
            return WebhookVerdict.TimestampInvalid;
        if (sent < now - (long)Tolerance.TotalSeconds) return WebhookVerdict.TooOld;
        if (sent > now + (long)Tolerance.TotalSeconds) return WebhookVerdict.TooNew;

        var content = WebhookSigner.Content(id, timestamp, body);
        return IsSigned(content, signatures) ? WebhookVerdict.Valid : WebhookVerdict.SignatureInvalid;
    }

    // Every key is tried on every signature, and in constant time, so that the time taken tells nothing about how close a guess was.
    private bool IsSigned(byte[] content, string signatures)
    {
        var given = signatures.Split(' ', MostSignatures + 1, StringSplitOptions.RemoveEmptyEntries).Take(MostSignatures).ToList();
        var signed = false;
        foreach (var key in known)
        {
            // Of other versions nothing is known, and nothing is thought of them.
            foreach (var signature in given.Where(text => text.StartsWith(key.Version, StringComparison.Ordinal)))
                signed |= key.Verifies(content, Decode(signature[key.Version.Length..]));
        }

        return signed;
    }

    private static List<WebhookKey> Parse(string text)
    {
        var fault = WebhookSecrets.ReadKeys<WebhookKey>(text, "", out var keys) ?? (keys.Any(key => key is PrivateKey)
            ? "a private key is the sender's; a receiver has its public one (whpk_)"
            : null);
        return fault is null ? keys : throw new FormatException($"The keys must be whsec_ or whpk_ and base64, several separated by spaces; {fault}.");
    }

    private static byte[] Decode(string base64)
    {
        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) ? buffer[..length] : [];
    }
}

/// <summary>What a <see cref="WebhookVerifier"/> found.</summary>
public enum WebhookVerdict
{
    /// <summary>Signed with a known secret, and just now.</summary>
    Valid,

    /// <summary>One of the three headers is not there.</summary>
    HeaderMissing,

    /// <summary>The timestamp is no number of seconds.</summary>
    TimestampInvalid,

    /// <summary>Sent longer ago than the tolerance: a replay, or a clock that is wrong.</summary>
    TooOld,

    /// <summary>Sent in the future by more than the tolerance: a clock is wrong.</summary>
    TooNew,

    /// <summary>No signature fits a known secret: something was changed, or the secret is another.</summary>
    SignatureInvalid,
}

using System.Globalization;
using System.Text;

namespace Reel.Webhooks;

/// <summary>
/// Signs as Standard Webhooks 1.0 says: <c>id.timestamp.body</c>, once per secret, so that a receiver may hold the old secret or the new one while they
/// are being exchanged, or the public key instead of either.
/// </summary>
public sealed class WebhookSigner(WebhookSecrets secrets)
{
    /// <summary>The value of <see cref="WebhookHeaders.Signature"/>. The timestamp counts in whole seconds.</summary>
    public string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        var content = Content(id, timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body);
        return string.Join(' ', secrets.Keys.Select(key => key.Version + Convert.ToBase64String(key.Sign(content))));
    }

    internal static byte[] Content(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return content;
    }
}

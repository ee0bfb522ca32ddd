namespace Reel.Webhooks;

/// <summary>The headers of Standard Webhooks, and the one by which a receiver may end a delivery.</summary>
public static class WebhookHeaders
{
    /// <summary>The event's id: the same in every attempt, so that a receiver can tell a repetition.</summary>
    public const string Id = "webhook-id";

    /// <summary>When this attempt was made, in Unix seconds.</summary>
    public const string Timestamp = "webhook-timestamp";

    /// <summary>One signature per secret, separated by spaces, each <c>v1,</c> (HMAC-SHA256) or <c>v1a,</c> (Ed25519) and base64.</summary>
    public const string Signature = "webhook-signature";

    /// <summary>In an answer: with the value <see cref="AbortMessage"/>, "do not send this event again".</summary>
    public const string Delivery = "webhook-delivery";

    /// <summary>The value of <see cref="Delivery"/> that ends the delivery of this event.</summary>
    public const string AbortMessage = "abort-message";
}

namespace Reel.Webhooks;

/// <summary>
/// Writes what a webhook says, for each attempt anew: links in it are fresh however late it is heard, and never stand in a history.
/// </summary>
public interface IWebhookContent
{
    /// <summary>The body's <c>data</c>, a JSON object.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="subject">The event's <see cref="WebhookEvent.Subject"/>.</param>
    Task<string> WriteDataAsync(string type, string subject, CancellationToken cancellationToken);
}

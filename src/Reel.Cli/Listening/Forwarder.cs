using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Cli.Listening;

/// <summary>Hands webhooks on as they came, and their answers back, so that what the receiver says counts.</summary>
internal sealed class Forwarder(Uri url, Action<string> say) : IDisposable
{
    private static readonly string[] Handed = [WebhookHeaders.Id, WebhookHeaders.Timestamp, WebhookHeaders.Signature, "User-Agent"];

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Sends one on.</summary>
    /// <returns>The status to answer with: 502 when the receiver did not answer.</returns>
    public async Task<int> SendAsync(HttpContext context, byte[] body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        foreach (var name in Handed)
            if (context.Request.Headers[name].ToString() is { Length: > 0 } value) message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (answer.Headers.TryGetValues(WebhookHeaders.Delivery, out var wish)) context.Response.Headers[WebhookHeaders.Delivery] = wish.ToArray();
            return (int)answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            say($"{url} did not answer: {exception.Message}");
            return StatusCodes.Status502BadGateway;
        }
    }

    public void Dispose() => http.Dispose();
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Cli.Listening;

/// <summary>A webhook as it came.</summary>
/// <param name="Verdict">Null when there is no secret to verify it with.</param>
/// <param name="Content">Null for what is no JSON.</param>
/// <param name="Answer">The status that it was answered with.</param>
internal sealed record ReceivedWebhook(DateTimeOffset ReceivedAt, string Id, WebhookVerdict? Verdict, JsonElement? Content, int Answer);

/// <summary>Receives webhooks on loopback, verifies them, hands them on, and tells of them.</summary>
internal sealed class WebhookListener : IAsyncDisposable
{
    // A webhook is a request's result; nothing that is larger by far is one.
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly WebApplication app;
    private readonly WebhookVerifier? verifier;
    private readonly Forwarder? forwarder;
    private readonly Action<ReceivedWebhook> tell;

    private readonly TimeProvider time;

    private WebhookListener(WebApplication app, WebhookVerifier? verifier, Forwarder? forwarder, Action<ReceivedWebhook> tell, TimeProvider time) =>
        (this.app, this.verifier, this.forwarder, this.tell, this.time) = (app, verifier, forwarder, tell, time);

    /// <summary>Where it listens.</summary>
    public string Url => app.Urls.First();

    /// <summary>Starts.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WebhookListener> StartAsync(
        int port, WebhookVerifier? verifier, Forwarder? forwarder, Action<ReceivedWebhook> tell, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(server => server.Limits.MaxRequestBodySize = MostBytes);
        var app = builder.Build();
        var listener = new WebhookListener(app, verifier, forwarder, tell, time);
        app.Run(listener.ReceiveAsync);
        await app.StartAsync(cancellationToken);
        return listener;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        var verdict = verifier?.Verify(context.Request.Headers, body);

        // What is not genuine is handed to nobody.
        var isAccepted = verdict is null or WebhookVerdict.Valid;
        context.Response.StatusCode = !isAccepted ? StatusCodes.Status400BadRequest
            : forwarder is null ? StatusCodes.Status204NoContent
            : await forwarder.SendAsync(context, body);
        tell(new ReceivedWebhook(time.GetUtcNow(), context.Request.Headers[WebhookHeaders.Id].ToString(), verdict, Parse(body), context.Response.StatusCode));
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Reel.Webhooks;

namespace Reel.Local.Demo;

/// <summary>What came in, and whether its signature is right.</summary>
internal sealed record ReceivedWebhook(string Id, string Type, DateTimeOffset At, bool IsVerified);

/// <summary>A receiver as a caller would have one: verifies the signature over the raw body, then believes it.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly WebhookVerifier verifier;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ReceivedWebhook>> arrivals = new();

    private WebhookReceiver(WebApplication app, WebhookVerifier verifier)
    {
        this.app = app;
        this.verifier = verifier;
    }

    /// <summary>Where it listens.</summary>
    public string Url => app.Urls.First() + "/webhooks";

    public static async Task<WebhookReceiver> StartAsync(string secret, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var receiver = new WebhookReceiver(app, new WebhookVerifier(secret));
        app.MapPost("/webhooks", (RequestDelegate)receiver.ReceiveAsync);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>The webhook about a request, once it is there.</summary>
    public Task<ReceivedWebhook> WaitAsync(string requestId, CancellationToken cancellationToken) =>
        arrivals.GetOrAdd(requestId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        var isVerified = verifier.Verify(context.Request.Headers, body) == WebhookVerdict.Valid;

        using var document = JsonDocument.Parse(body);
        var requestId = document.RootElement.GetProperty("data").GetProperty("request_id").GetString()!;
        var webhook = new ReceivedWebhook(
            context.Request.Headers[WebhookHeaders.Id].ToString(), document.RootElement.GetProperty("type").GetString()!, DateTimeOffset.UtcNow, isVerified);
        arrivals.GetOrAdd(requestId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(webhook);
        context.Response.StatusCode = isVerified ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
    }
}

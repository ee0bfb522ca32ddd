using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.EndToEnd.Tests.Azurite;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.Desk;

/// <summary>A webhook as it came in.</summary>
internal sealed record Letter(string Id, WebhookVerdict Verdict, string Text)
{
    public JsonObject Body => JsonNode.Parse(Text)!.AsObject();

    public string Type => (string)Body["type"]!;

    public JsonObject Data => Body["data"]!.AsObject();
}

/// <summary>A receiver of webhooks on a real socket; verifies as any receiver would, and keeps everything.</summary>
internal sealed class Inbox : IAsyncDisposable
{
    public const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly WebApplication app;
    private readonly WebhookVerifier verifier = new(Secret);
    private readonly ConcurrentQueue<Letter> letters = new();
    private int refusals;

    private Inbox(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/hook";

    public static async Task<Inbox> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var inbox = new Inbox(builder.Build());
        inbox.app.Run(inbox.ReceiveAsync);
        await inbox.app.StartAsync();
        return inbox;
    }

    /// <summary>The next so many are answered with 503.</summary>
    public void Refuse(int times) => refusals = times;

    /// <summary>Everything that came so far.</summary>
    public IReadOnlyList<Letter> All => [.. letters];

    /// <summary>What came about a request so far, refused attempts included.</summary>
    public IReadOnlyList<Letter> About(string requestId) =>
        [.. letters.Where(letter => (string?)letter.Data["request_id"] == requestId)];

    /// <summary>The webhooks about a request, once there are so many.</summary>
    public async Task<IReadOnlyList<Letter>> WaitAsync(string requestId, int count = 1, int seconds = 40)
    {
        await Wait.UntilAsync(() => About(requestId).Count >= count, $"webhook {count} about {requestId}", seconds);
        return About(requestId);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        letters.Enqueue(new Letter(
            context.Request.Headers[WebhookHeaders.Id].ToString(),
            verifier.Verify(context.Request.Headers, body.ToArray()),
            System.Text.Encoding.UTF8.GetString(body.ToArray())));
        context.Response.StatusCode = Interlocked.Decrement(ref refusals) >= 0 ? 503 : 204;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.Benchmarks.Processes;
using Reel.Webhooks;

namespace Reel.Benchmarks.Flight;

/// <summary>Receives webhooks as anybody would, and keeps when each request's came and what it said.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly WebhookVerifier verifier = new(Surroundings.WebhookSecret);
    private readonly ConcurrentDictionary<string, Heard> heard = new();
    private int repeated;
    private int unsigned;

    private readonly TimeSpan answerTime;

    private WebhookReceiver(WebApplication app, TimeSpan answerTime) => (this.app, this.answerTime) = (app, answerTime);

    public string Url => app.Urls.First() + "/hook";

    /// <summary>Answers a GET at once.</summary>
    public string NothingUrl => app.Urls.First() + "/nothing";

    /// <summary>By request id, the first of each.</summary>
    public IReadOnlyDictionary<string, Heard> All => heard;

    /// <summary>How many came again.</summary>
    public int Repeated => repeated;

    /// <summary>How many were not signed rightly.</summary>
    public int Unsigned => unsigned;

    /// <param name="answerTime">How long it takes to answer.</param>
    public static async Task<WebhookReceiver> StartAsync(TimeSpan answerTime = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build(), answerTime);
        receiver.app.Run(receiver.ReceiveAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        context.Response.StatusCode = 204;
        if (HttpMethods.IsGet(context.Request.Method)) return;

        var at = Stopwatch.GetTimestamp();
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (verifier.Verify(context.Request.Headers, bytes.Span) != WebhookVerdict.Valid) Interlocked.Increment(ref unsigned);

        using var document = JsonDocument.Parse(bytes);
        var id = document.RootElement.GetProperty("data").GetProperty("request_id").GetString()!;
        var isCompleted = document.RootElement.GetProperty("type").ValueEquals("video.completed");
        if (!heard.TryAdd(id, new Heard(at, isCompleted))) Interlocked.Increment(ref repeated);
        if (answerTime > TimeSpan.Zero) await Task.Delay(answerTime, context.RequestAborted);
    }
}

/// <summary>A webhook that came.</summary>
/// <param name="At">A timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Heard(long At, bool IsCompleted);

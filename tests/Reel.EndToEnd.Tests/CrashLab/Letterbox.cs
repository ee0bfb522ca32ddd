using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reel.EndToEnd.Tests.Desk;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>An attempt at a webhook, as far as it matters.</summary>
/// <param name="Timestamp">Of the event, as the body says it.</param>
internal sealed record Attempt(string EventId, WebhookVerdict Verdict, string Type, string Timestamp, string Status, string? ErrorCode);

/// <summary>All that came about one event of one request.</summary>
internal sealed class Mail
{
    private readonly TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

    public ConcurrentQueue<Attempt> Attempts { get; } = new();

    /// <summary>One of them was answered with 204.</summary>
    public Task Heard => heard.Task;

    public int Add(Attempt attempt)
    {
        Attempts.Enqueue(attempt);
        return Interlocked.Increment(ref count);
    }

    public void Hear() => heard.TrySetResult();
}

/// <summary>The receiver of all webhooks; it refuses, breaks off or oversleeps a share of the attempts.</summary>
internal sealed class Letterbox : IAsyncDisposable
{
    // Longer than an attempt is given.
    private static readonly TimeSpan Oversleep = TimeSpan.FromSeconds(4);

    private readonly WebApplication app;
    private readonly LabOptions options;
    private readonly Traps traps;
    private readonly WebhookVerifier verifier = new(Inbox.Secret);
    private readonly ConcurrentDictionary<(string RequestId, string Type), Mail> mails = new();
    private volatile bool mended;

    private Letterbox(WebApplication app, LabOptions options, Traps traps)
    {
        this.app = app;
        this.options = options;
        this.traps = traps;
    }

    public string Url => app.Urls.First() + "/hook";

    /// <summary>What Reel is started with: attempts that follow closely, and are soon given up.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Webhooks__Secret", Inbox.Secret),
        new("Webhooks__AllowPrivateNetworks", "true"),
        new("Webhooks__Timeout", "00:00:03"),
        new("Webhooks__Schedule__0", "00:00:00"),
        .. Enumerable.Range(1, 19).Select(attempt => new KeyValuePair<string, string?>($"Webhooks__Schedule__{attempt}", "00:00:01")),
    ];

    public static async Task<Letterbox> StartAsync(LabOptions options, Traps traps)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var letterbox = new Letterbox(builder.Build(), options, traps);
        letterbox.app.Run(letterbox.ReceiveAsync);
        await letterbox.app.StartAsync();
        return letterbox;
    }

    public Mail About(string requestId, string type) => mails.GetOrAdd((requestId, type), _ => new Mail());

    /// <summary>The requests that something came about, and what.</summary>
    public IEnumerable<(string RequestId, string Type)> Told => mails.Where(mail => !mail.Value.Attempts.IsEmpty).Select(mail => mail.Key);

    /// <summary>From here on it takes whatever comes.</summary>
    public void Mend() => mended = true;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var body = JsonNode.Parse(bytes.ToArray())!;
        var data = body["data"]!;
        var type = (string)body["type"]!;
        var mail = About((string)data["request_id"]!, type);
        var number = mail.Add(new Attempt(
            context.Request.Headers[WebhookHeaders.Id].ToString(),
            verifier.Verify(context.Request.Headers, bytes.ToArray()),
            type,
            (string)body["timestamp"]!,
            (string)data["status"]!,
            (string?)data["error_code"]));
        if (traps.Spring(Moment.LetterArrives))
        {
            context.Abort();
            return;
        }

        var chance = new Random(unchecked((options.Seed * 31) + (Shot.NumberIn(data) * 1_009) + (type.Length * 101) + number));
        if (!mended && chance.NextDouble() < options.Faults)
        {
            await RefuseAsync(context, chance.Next(4));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        await context.Response.CompleteAsync();
        mail.Hear();
        traps.Spring(Moment.LetterAnswered);
    }

    private static async Task RefuseAsync(HttpContext context, int how)
    {
        switch (how)
        {
            case 0:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case 1:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case 2:
                context.Abort();
                break;
            default:
                // Ends early when the sender gives up, as it should.
                await Task.Delay(Oversleep, context.RequestAborted).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                context.Abort();
                break;
        }
    }
}

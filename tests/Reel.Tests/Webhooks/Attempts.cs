using System.Text;
using Microsoft.AspNetCore.Http;
using Reel.Webhooks;

namespace Reel.Tests.Webhooks;

/// <summary>Attempts at a fixed time, and what receivers do with them.</summary>
internal static class Attempts
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"type":"video.completed"}""");

    public static async Task<AttemptOutcome> SendAsync(
        Uri url, TimeSpan? timeout = null, bool allowPrivateNetworks = true, DestinationGuard? guard = null)
    {
        using var sender = Sender(timeout, allowPrivateNetworks, guard);
        return await sender.SendAsync(url.AbsoluteUri, "evt_1", Body, CancellationToken.None);
    }

    public static WebhookSender Sender(TimeSpan? timeout = null, bool allowPrivateNetworks = true, DestinationGuard? guard = null)
    {
        var options = new WebhookOptions { Secret = Secret, AllowPrivateNetworks = allowPrivateNetworks };
        options.Timeout = timeout ?? options.Timeout;
        return new WebhookSender(options, new FixedTime(Now), guard ?? new DestinationGuard(allowPrivateNetworks));
    }

    public static async Task Answer(HttpContext context, int status, string? body = null)
    {
        context.Response.StatusCode = status;
        if (body is not null) await context.Response.WriteAsync(body);
    }

    public static Task Aborted(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        context.RequestAborted.Register(aborted.SetResult);
        return aborted.Task;
    }
}

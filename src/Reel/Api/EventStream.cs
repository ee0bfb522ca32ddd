using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Reel.Api;

/// <summary>An answer of Server-Sent Events. What is written goes out at once.</summary>
internal sealed class EventStream(HttpResponse response, CancellationToken cancellationToken)
{
    private const int RetryMilliseconds = 2_000;

    /// <summary>Sends the headers, and how long a client should wait before it comes back to a stream that has ended.</summary>
    public Task BeginAsync()
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx, and what is built on it, would hold events back
        response.HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        return SendAsync($"retry: {RetryMilliseconds}\n\n");
    }

    /// <summary>Sends an event; one without an id leaves the client's last one as it is.</summary>
    /// <param name="json">One line.</param>
    public Task WriteAsync(string name, string? id, string json) => SendAsync($"event: {name}\n{(id is null ? "" : $"id: {id}\n")}data: {json}\n\n");

    /// <summary>Sends what is no event, to show that somebody is there.</summary>
    public Task WriteCommentAsync() => SendAsync(": still there\n\n");

    private async Task SendAsync(string text)
    {
        // Behind the Functions host a write to a client that has gone does not fail.
        cancellationToken.ThrowIfCancellationRequested();
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}

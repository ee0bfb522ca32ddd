using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Reel.Page.Tests;

/// <summary>A proxy that shows another server under a path of its own, and takes that path away from what it passes on.</summary>
internal sealed class StrippingProxy : IAsyncDisposable
{
    public const string Prefix = "/reel";

    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly ConcurrentQueue<string> strays = new();

    private StrippingProxy(WebApplication app) => this.app = app;

    /// <summary>Where it is, without a path.</summary>
    public Uri Url => new(app.Urls.Single());

    /// <summary>What was asked for beside the path: nothing of the page's.</summary>
    public IReadOnlyCollection<string> Strays => strays;

    /// <summary>Whom it shows.</summary>
    public Uri Target { get; set; } = new("http://127.0.0.1");

    public static async Task<StrippingProxy> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var proxy = new StrippingProxy(app);
        app.Run(proxy.PassOnAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        var asked = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var rest = asked.StartsWith(Prefix, StringComparison.Ordinal) ? asked[Prefix.Length..] : null;
        if (rest is not ("" or ['/' or '?', ..]))
        {
            strays.Enqueue(asked);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(Target, rest is [] ? "/" : rest));
        if (context.Request.ContentLength > 0) request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Connection")))
            if (!request.Headers.TryAddWithoutValidation(name, [.. values])) request.Content?.Headers.TryAddWithoutValidation(name, [.. values]);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Transfer-Encoding"))
                context.Response.Headers[name] = values.ToArray();
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[64 * 1024];
            while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            // Who asked has gone, or whom it shows has: what is not whole must not look whole.
            context.Abort();
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>A request that comes through a gate.</summary>
/// <param name="Target">Path and query as they were sent.</param>
internal sealed record Passage(string Method, string Target, byte[] Body);

/// <summary>The moments of a request: it has come, it is answered behind the gate, the answer was passed on.</summary>
internal readonly record struct Moments(Moment? Arrives, Moment? Done, Moment? Passed);

/// <summary>
/// A proxy between Reel and what it talks to, where Reel can be killed at any step of a request. What has passed is carried out even though the
/// one who asked is dead, as it is on a real network.
/// </summary>
internal sealed class Gate : IAsyncDisposable
{
    private static readonly HashSet<string> OfOneHop =
        new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Expect" };

    private readonly WebApplication app;
    private readonly Traps traps;
    private readonly Func<Uri> upstream;
    private readonly Func<Passage, Moments> judge;
    private readonly Action<Passage, int> done;
    private readonly HttpClient http = CreateClient(TimeSpan.FromMinutes(5));

    // A connection of its own for each: one that was used before may be found closed, and then a client quietly asks twice.
    private readonly HttpClient once = CreateClient(TimeSpan.Zero);

    private int underWay;

    private Gate(WebApplication app, Traps traps, Func<Uri> upstream, Func<Passage, Moments> judge, Action<Passage, int> done)
    {
        this.app = app;
        this.traps = traps;
        this.upstream = upstream;
        this.judge = judge;
        this.done = done;
    }

    public Uri Url => new(app.Urls.First());

    /// <summary>Whether something is being carried out behind it.</summary>
    public bool IsBusy => Volatile.Read(ref underWay) > 0;

    /// <param name="upstream">Where requests go; asked for each.</param>
    /// <param name="judge">Which moments a request has.</param>
    /// <param name="done">Told what was carried out, and the status that was answered, before Reel is.</param>
    public static async Task<Gate> StartAsync(Traps traps, Func<Uri> upstream, Func<Passage, Moments> judge, Action<Passage, int> done)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var gate = new Gate(builder.Build(), traps, upstream, judge, done);
        gate.app.Run(gate.PassAsync);
        await gate.app.StartAsync();
        return gate;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
        once.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        Interlocked.Increment(ref underWay);
        try
        {
            await PassAsync(context, await ReadAsync(context));
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or OperationCanceledException)
        {
            // Whatever broke on one side breaks on the other.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    private async Task PassAsync(HttpContext context, Passage passage)
    {
        var moments = judge(passage);
        if (traps.Spring(moments.Arrives))
        {
            context.Abort();
            return;
        }

        using var request = Copy(context.Request, passage);
        var client = passage.Method == HttpMethods.Post ? once : http;
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        done(passage, (int)answer.StatusCode);
        if (traps.Spring(moments.Done))
        {
            context.Abort();
            return;
        }

        await CopyAsync(answer, context);
        traps.Spring(moments.Passed);
    }

    private static async Task<Passage> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return new Passage(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, body.ToArray());
    }

    private HttpRequestMessage Copy(HttpRequest from, Passage passage)
    {
        // As it was sent, to the letter: signatures cover it.
        var target = new Uri(
            upstream().GetLeftPart(UriPartial.Authority) + passage.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(passage.Method), target);
        if (passage.Body.Length > 0 || from.ContentLength is not null) request.Content = new ByteArrayContent(passage.Body);
        foreach (var (name, values) in from.Headers)
        {
            if (OfOneHop.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        // The links in answers are made of it, and are to lead through here again.
        request.Headers.Host = from.Host.Value;
        return request;
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            if (!OfOneHop.Contains(name)) context.Response.Headers[name] = values.ToArray();

        var buffer = new byte[64 * 1024];
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        for (int count; (count = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        await context.Response.CompleteAsync();
    }

    private static HttpClient CreateClient(TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = lifetime,
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}

using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Reel.Benchmarks.Calls;

/// <summary>Reads whatever comes and answers at once, as much as a submit's answer: what the machine and HTTP alone take.</summary>
internal sealed class NothingServer : IAsyncDisposable
{
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        $$"""{"status":"QUEUED","request_id":"{{Guid.Empty}}","padding":"{{new string('.', 250)}}"}""");

    private readonly WebApplication app;

    private NothingServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First());

    public static async Task<NothingServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new NothingServer(builder.Build());
        server.app.Run(AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Reel.Benchmarks.Saving;

/// <summary>Serves videos of any length at <c>/{bytes}.mp4</c>: an MP4's beginning, and noise over and over.</summary>
internal sealed class VideoServer : IAsyncDisposable
{
    // A prime, so that no two blocks are alike.
    private const int NoiseLength = 1_048_573;

    private readonly byte[] noise = new byte[NoiseLength];
    private readonly WebApplication app;

    private VideoServer(WebApplication app)
    {
        this.app = app;
        new Random(7).NextBytes(noise);
        "\0\0\0\u0018ftypisom"u8.CopyTo(noise);
    }

    public static async Task<VideoServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new VideoServer(builder.Build());
        server.app.Run(server.SendAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>What its videos' addresses begin with.</summary>
    public Uri Origin => new(app.Urls.First());

    /// <summary>Where a video of this length is.</summary>
    public static Uri UrlOf(Uri origin, long length) => new(origin, $"/{length}.mp4");

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task SendAsync(HttpContext context)
    {
        var left = long.Parse(Path.GetFileNameWithoutExtension(context.Request.Path.Value!), CultureInfo.InvariantCulture);
        context.Response.ContentType = "video/mp4";
        context.Response.ContentLength = left;
        for (; left > 0; left -= noise.Length)
            await context.Response.Body.WriteAsync(noise.AsMemory(0, (int)Math.Min(left, noise.Length)), context.RequestAborted);
    }
}

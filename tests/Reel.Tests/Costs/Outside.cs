using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reel.Segmind;

namespace Reel.Tests.Costs;

/// <summary>
/// All that a request meets outside: a provider that is done at a given check, the file that it then links to, and a receiver of webhooks that refuses some.
/// Whatever it says has the same length in every run.
/// </summary>
internal sealed class Outside : ISegmindClient, IAsyncDisposable
{
    private readonly WebApplication app;
    private int checksLeft;
    private int refusalsLeft;
    private byte[] video = [];

    private Outside(WebApplication app) => this.app = app;

    /// <summary>The origin; the provider's too.</summary>
    public Uri Origin => new(app.Urls.Single());

    public static async Task<Outside> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var outside = new Outside(builder.Build());
        outside.app.MapGet("/files/{name}", () => Results.Bytes(outside.video, "video/mp4"));
        outside.app.MapPost("/hooks/{name}", () => Results.StatusCode(Interlocked.Decrement(ref outside.refusalsLeft) >= 0 ? 503 : 204));
        await outside.app.StartAsync();
        return outside;
    }

    /// <summary>For the next request.</summary>
    /// <param name="checks">At which check it is done; 1 for the first.</param>
    public void Prepare(int checks, int refusals, int videoBytes)
    {
        (checksLeft, refusalsLeft) = (checks, refusals);
        video = new byte[videoBytes];
        byte[] head = [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0];
        head.CopyTo(video, 0);
    }

    /// <summary>The address of a receiver of its own.</summary>
    public string Hook(int number) => Url("hooks", number.ToString("000", CultureInfo.InvariantCulture));

    public Task<SubmitAnswer> SubmitAsync(string model, string parametersJson, CancellationToken cancellationToken) =>
        Task.FromResult<SubmitAnswer>(new SubmitAnswer.Accepted("952f9e21-44ad-45e6-8a11-d1ea70a5370a"));

    public Task<StatusAnswer> GetStatusAsync(string requestId, CancellationToken cancellationToken) => Task.FromResult<StatusAnswer>(
        --checksLeft > 0 ? new StatusAnswer.Working(RenderState.Processing) : new StatusAnswer.Completed(Metrics));

    public Task<ResultAnswer> GetResultAsync(string requestId, CancellationToken cancellationToken) => Task.FromResult<ResultAnswer>(
        new ResultAnswer.Completed(new RenderedVideo(Url("files", "one.mp4"), "video/mp4", "one.mp4", video.Length), Metrics));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // Done before the first check: longer than the request was under way would teach nothing.
    private static RenderMetrics Metrics { get; } = new(1.75m, 98.25m, 2.125, 1.5, 3.625);

    // A port has one to five digits.
    private string Url(string folder, string name) =>
        new Uri(Origin, $"{folder}/{new string('0', 5 - Origin.Port.ToString(CultureInfo.InvariantCulture).Length)}{name}").AbsoluteUri;
}

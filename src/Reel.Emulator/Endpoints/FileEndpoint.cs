using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Reel.Emulator.Faults;
using Reel.Emulator.Jobs;
using Reel.Emulator.Media;

namespace Reel.Emulator.Endpoints;

/// <summary>The videos, at URLs that need no key. Streamed, whatever their length; ranges and validators as ASP.NET Core does them.</summary>
internal static class FileEndpoint
{
    private const string ContentType = "video/mp4";

    public static async Task DownloadAsync(Exchange exchange, string name)
    {
        var provider = exchange.Provider;
        var known = Find(provider, name);
        if (known is not null) exchange.Asked(known.Id.ToString());
        var strike = await exchange.FaceFaultsAsync(Place.Download, known?.Model, known?.Prompt, known?.Id.ToString());
        if (known is not null && strike.FileLifetime is { } life)
            exchange.Changed(known, known with { FileExpiresAt = provider.Now + life });

        await exchange.WaitAsync(strike.DelayAfter);
        if (strike.Decisive is { } rule && FaultyAnswers.Instead(rule, exchange.Now) is { } instead)
            await exchange.WriteAsync(instead);
        else if (strike.Decisive is { Kind: "hang" })
            await exchange.HangAsync();
        else if (strike.Decisive is { Kind: "reset" })
            exchange.Reset();
        else if (Find(provider, name) is not { } job)
            // (assumed) No source says what an expired link answers.
            await exchange.WriteAsync(Answer.Error(404, $"File {name} not found"));
        else
            await SendAsync(exchange, job, strike.Decisive);
    }

    public static Stream Open(Job job) => job.GeneratedBytes is { } length ? new GeneratedVideo(length) : StockVideos.Open(job.Video);

    private static Job? Find(Provider provider, string name) =>
        name.EndsWith(".mp4", StringComparison.Ordinal) ? provider.Jobs.FindFile(name[..^4]) : null;

    private static async Task SendAsync(Exchange exchange, Job job, FaultRule? rule)
    {
        var video = Open(job);
        var length = video.Length;
        switch (rule)
        {
            case null:
                await StreamAsync(exchange, job, video);
                break;
            case { Kind: "truncated" }:
                await StreamAsync(exchange, job, new AlteredStream(video, Math.Min(length, rule.Bytes ?? length / 2)));
                break;
            case { Kind: "oversized" }:
                await StreamAsync(exchange, job, new AlteredStream(video, length + (rule.Bytes ?? 1024)));
                break;
            case { Kind: "empty" }:
                await StreamAsync(exchange, job, new AlteredStream(video, 0));
                break;
            case { Kind: "corrupt" }:
                await StreamAsync(exchange, job, new AlteredStream(video, length, flipped: true));
                break;
            case { Kind: "dribble" }:
                await StreamAsync(exchange, job, new SlowStream(video, rule.BytesPerSecond!.Value, exchange.Provider.Options.TimeProvider));
                break;
            case { Kind: "html" }:
                await exchange.WriteAsync(new Answer(200, Encoding.UTF8.GetBytes(HtmlPages.Interstitial), "text/html; charset=utf-8"));
                break;
            case { Kind: "range_refused" } when exchange.Context.Request.Headers.Range.Count > 0:
                exchange.Context.Response.Headers.ContentRange = $"bytes */{length}";
                await exchange.WriteAsync(new Answer(416, []));
                break;
            case { Kind: "range_ignored" }:
                exchange.Context.Request.Headers.Remove(HeaderNames.Range);
                await StreamAsync(exchange, job, video, ranges: false);
                break;
            case { Kind: "no_length" }:
                await StreamAsync(exchange, job, new LengthlessStream(video));
                break;
            case { Kind: "wrong_length" }:
                await using (video)
                    await exchange.SendRawAsync(200, ContentType, rule.Bytes!.Value, video, reset: false);
                break;
            case { Kind: "reset_mid_body" }:
                await using (var part = new AlteredStream(video, Math.Min(length, rule.Bytes ?? length / 2)))
                    await exchange.SendRawAsync(200, ContentType, length, part, reset: true, $"Accept-Ranges: bytes\r\nETag: {Tag(job)}\r\n");
                break;
            default:
                await StreamAsync(exchange, job, video);
                break;
        }
    }

    private static Task StreamAsync(Exchange exchange, Job job, Stream video, bool ranges = true) =>
        Results.Stream(video, ContentType, fileDownloadName: null, job.EndsAt, Tag(job), enableRangeProcessing: ranges).ExecuteAsync(exchange.Context);

    private static EntityTagHeaderValue Tag(Job job) => new(job.GeneratedBytes is { } length
        ? string.Create(CultureInfo.InvariantCulture, $"\"generated-{length}\"")
        : $"\"{StockVideos.Get(job.Video).Sha256[..32]}\"");
}

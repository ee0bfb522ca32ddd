using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Api;

/// <summary>
/// GET /v2/requests/{id}/events: Server-Sent Events. Each <c>status</c> is the whole state with its progress, sent when it has changed; between them come
/// <c>progress</c>, and a comment where there would be silence. A stream ends after the final state, or at <see cref="ApiOptions.StreamLimit"/>, or when the
/// host stops, and whoever comes back with Last-Event-ID is told what has changed since: an event's id is made from the state, so that any process knows it.
/// </summary>
internal sealed class EventsEndpoint(GenerationStore generations, StateWatch watch, Links links, IOptions<ApiOptions> options, TimeProvider time)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    // On Azure, who is silent for 240 seconds is cut off; proxies are less patient.
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(15);

    public static async Task<IResult> StreamAsync(string id, HttpContext context, EventsEndpoint endpoint)
    {
        if (await endpoint.FindAsync(context, id) is not { } found) return RequestEndpoints.Unknown(id);

        context.SetSubject(id);
        var seen = context.Request.Headers["Last-Event-ID"].ToString();

        // A browser comes back to a stream that has ended, unless it is told in this way that there is nothing more.
        if (found.State.IsFinal && seen == IdOf(found.State)) return TypedResults.NoContent();

        await endpoint.WriteAsync(context, found, seen);
        return TypedResults.Empty;
    }

    private Task<Generation?> FindAsync(HttpContext context, string id) => generations.FindAsync(context.Caller().Id, id, context.RequestAborted);

    private async Task WriteAsync(HttpContext context, Generation known, string seen)
    {
        var start = time.GetTimestamp();
        var stream = new EventStream(context.Response, context.RequestAborted);
        await stream.BeginAsync();
        if (seen != IdOf(known.State)) await WriteStatusAsync(stream, context, known);

        var (spoke, told) = (time.GetTimestamp(), Progress.At(known, time.GetUtcNow()));
        while (!known.State.IsFinal && !watch.IsStopping && options.Value.StreamLimit - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            var before = known;
            known = await watch.WaitAsync(known, state => state != before.State, left < ProgressInterval ? left : ProgressInterval, context.RequestAborted);
            var progress = Progress.At(known, time.GetUtcNow());
            if (known.State != before.State) await WriteStatusAsync(stream, context, known);
            else if (progress is not null && progress.Fraction != told?.Fraction) await stream.WriteAsync("progress", null, JsonSerializer.Serialize(progress, ApiJson.Types.Progress));
            else if (time.GetElapsedTime(spoke) >= MostSilence) await stream.WriteCommentAsync();
            else continue;

            (spoke, told) = (time.GetTimestamp(), progress);
        }
    }

    private Task WriteStatusAsync(EventStream stream, HttpContext context, Generation generation)
    {
        var answer = RequestAnswer.OfState(links.BaseUrl(context.Request), generation) with { Progress = Progress.At(generation, time.GetUtcNow()) };
        return stream.WriteAsync("status", IdOf(generation.State), JsonSerializer.Serialize(answer, ApiJson.Types.RequestAnswer));
    }

    private static string IdOf(GenerationState state) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(OrchestrationJson.Write(state))).AsSpan(..8));
}

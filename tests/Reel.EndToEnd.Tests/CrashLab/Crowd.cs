using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reel.Webhooks;

namespace Reel.EndToEnd.Tests.CrashLab;

/// <summary>Callers, each with one request under way at a time, who do what one does when the other side dies: ask again if that is safe.</summary>
internal sealed class Crowd(LabOptions options, Front front, Traps traps, Letterbox letters, Findings findings) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(3);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(40) };
    private readonly ConcurrentDictionary<int, Shot> shots = new();
    private int numbers;
    private int ended;

    /// <summary>Every request that was made, by its number.</summary>
    public IReadOnlyDictionary<int, Shot> Shots => shots;

    /// <summary>How many were seen to have come to an end.</summary>
    public int Ended => ended;

    /// <summary>Makes requests until it is told to stop, and sees those that are under way to their ends.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken giveUp) =>
        Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => Task.Run(() => WorkAsync(stop, giveUp), CancellationToken.None)));

    public void Dispose() => http.Dispose();

    private async Task WorkAsync(CancellationToken stop, CancellationToken giveUp)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref numbers);
                var shot = shots[number] = new Shot(options.Seed, number);
                await PlayAsync(shot, giveUp);
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // What is not final by now is found in the end.
        }
    }

    private async Task PlayAsync(Shot shot, CancellationToken giveUp)
    {
        await Task.WhenAll(Enumerable.Range(0, shot.Callers).Select(_ => SubmitAsync(shot, giveUp)));
        foreach (var id in shot.Ids)
        {
            if (shot.CancelAfter is { } wait)
            {
                await Task.Delay(wait, giveUp);
                await TryAsync(HttpMethod.Post, $"/v2/requests/{id}/cancel", null, giveUp);
            }

            await SeeItEndAsync(shot, id, giveUp);
            Interlocked.Increment(ref ended);
        }
    }

    private async Task SubmitAsync(Shot shot, CancellationToken giveUp)
    {
        do
        {
            var answer = await TryAsync(HttpMethod.Post, "/v2/kling-2.6", shot, giveUp);
            if (answer is (HttpStatusCode.OK, { } body))
            {
                traps.Spring(Moment.RequestAnswered);
                shot.Keep((string)body["request_id"]!);
                return;
            }

            if (answer is { Status: < HttpStatusCode.InternalServerError } refused)
                findings.Add(Breach.Misbehaved, $"{shot} was answered with {(int)refused.Status}: {refused.Body}");
            await Task.Delay(Pause, giveUp);
        }
        while (shot.Key is not null);
    }

    private async Task SeeItEndAsync(Shot shot, string id, CancellationToken giveUp)
    {
        var end = Task.WhenAny(letters.About(id, WebhookTypes.VideoCompleted).Heard, letters.About(id, WebhookTypes.VideoFailed).Heard);
        var processing = letters.About(id, WebhookTypes.VideoProcessing).Heard;
        while (true)
        {
            await Task.WhenAny(end, Task.Delay(end.IsCompleted ? Pause : PollInterval, giveUp));
            giveUp.ThrowIfCancellationRequested();
            var (wasToldOfEnd, wasToldOfProcessing) = (end.IsCompleted, processing.IsCompleted);
            switch (await TryAsync(HttpMethod.Get, $"/v2/requests/{id}/status", null, giveUp))
            {
                case (HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, { } body):
                    var status = (string?)body["status"];
                    if (status is "COMPLETED" or "FAILED") return;
                    if (status == "PROCESSING") shot.See(id);
                    if (wasToldOfEnd || (wasToldOfProcessing && status == "QUEUED")) findings.Add(Breach.WebhookFalse, $"A webhook told of {shot} what it had not come to; it is {body}");
                    break;
                case (HttpStatusCode.NotFound, _):
                    findings.Add(Breach.Lost, $"{shot} was answered with 200, and its status with 404.");
                    return;
                case ( < HttpStatusCode.InternalServerError, var body) answer:
                    findings.Add(Breach.Misbehaved, $"The status of {shot} was answered with {(int)answer.Status}: {body}");
                    break;
            }
        }
    }

    /// <summary>Null when there was no answer, or none to be read.</summary>
    private async Task<Heard?> TryAsync(HttpMethod method, string path, Shot? shot, CancellationToken giveUp)
    {
        var url = await front.UrlAsync(giveUp);
        using var request = new HttpRequestMessage(method, new Uri(url, path));
        if (shot is not null)
        {
            request.Content = new StringContent(shot.Body(letters.Url).ToJsonString(), Encoding.UTF8, "application/json");
            if (shot.Key is not null) request.Headers.Add("Idempotency-Key", shot.Key);
        }

        try
        {
            var answer = http.SendAsync(request, giveUp);
            if (shot is not null) traps.Spring(Moment.RequestSent);
            using var response = await answer;
            var text = await response.Content.ReadAsStringAsync(giveUp);
            return new Heard(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or OperationCanceledException or JsonException)
        {
            // A connection that is reset the moment it is made comes as the bare socket's exception.
            giveUp.ThrowIfCancellationRequested();
            await Task.Delay(Pause, giveUp);
            return null;
        }
    }

    private sealed record Heard(HttpStatusCode Status, JsonNode? Body);
}

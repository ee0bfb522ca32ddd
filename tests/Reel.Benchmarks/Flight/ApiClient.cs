using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reel.Benchmarks.Flight;

/// <summary>A caller of the API with so many connections.</summary>
internal sealed class ApiClient(Uri url, int connections) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromSeconds(100),
    };

    /// <summary>Submits a request and gives its id; null when it was not accepted.</summary>
    public async Task<string?> SubmitAsync(string prompt, string webhookUrl, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["prompt"] = prompt, ["duration"] = 5, ["generate_audio"] = false, ["webhook_url"] = webhookUrl };
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync("/v2/kling-2.6", content, cancellationToken);
        if (!response.IsSuccessStatusCode) return null;
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return answer.RootElement.GetProperty("request_id").GetString();
    }

    /// <summary>Reads what is there; false when nothing is. A FAILED request comes as 422 and is something.</summary>
    public async Task<bool> IsFoundAsync(string address, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(address, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (int)response.StatusCode is (>= 200 and < 300) or 422;
    }

    /// <summary>Waits until it is time and then does something.</summary>
    /// <returns>When it was to begin, how long after that it ended, and whether it succeeded. What waits because what was before it is slow counts as slow.</returns>
    public static async Task<Timing> TimeAsync(long due, Func<Task<bool>> call, CancellationToken cancellationToken)
    {
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
        bool isAnswered;
        try
        {
            isAnswered = await call();
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            isAnswered = false;
        }

        return new Timing(due, Stopwatch.GetElapsedTime(due), isAnswered);
    }

    public void Dispose() => http.Dispose();
}

/// <summary>How a call went.</summary>
/// <param name="Due">When it was to begin; a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Timing(long Due, TimeSpan Took, bool IsAnswered);
